"""The policy on its way to where writes run: the rules of each client go to the script, and each write names them.

The rules of a client are sent with the objects that they mean when its call is read, again whenever these change. The
script judges by both: by these objects, and by the rules' refs as the Set is when the write runs.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import anyio
import msgspec

from mirror import Mirror, errors
from mirror.writes import LINK_WAIT_S

from .effects import NamedEffect, StoreTree
from .policy import Policy, Rule

log = logging.getLogger("setmirror.mcp")

CLIENTS = 256
"""As many as the script keeps."""
QUESTION_S = 120.0
"""How long a person has for an answer."""


class Protection:
    """The versions that the script has, the clients that it was told of, and questions to its person."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._sent: OrderedDict[str, tuple[str, list[dict[str, Any]], int]] = OrderedDict()
        # Two servers of one client never use the same number for different rules.
        self._versions = itertools.count(secrets.randbits(40))
        self._sending = anyio.Lock()
        self._announced: dict[str, str] = {}
        self._announced_in = ""

    async def judged(
        self, policy: Policy, tool: str, held: Sequence[str], client: str, consent: list[NamedEffect]
    ) -> dict[str, Any] | None:
        """What a write names: the rules that it is judged by, in the script by now; None where no rule could refuse it.

        Args:
          held: The tools whose calls `tool` holds.
          consent: What a person said yes to.
        """
        mine = [rule for rule in policy.rules if rule.concerns(client) and rule.operations != ("read",)]
        if not any(rule.refuses for rule in mine):
            return None
        async with self._sending:
            version = await self._version(policy, client, mine)
        return {
            "client": client,
            "version": version,
            "tool": tool,
            **({"held": list(held)} if held else {}),
            "consent": [[effect.kind, list(effect.ids)] for effect in consent],
        }

    async def _version(self, policy: Policy, client: str, rules: list[Rule]) -> int:
        """The version of these rules, by what they mean now, that the script has; sent if it has another."""
        tree = StoreTree(self._mirror.store)
        told = [_wire(policy, rule, tree) for rule in rules]
        epoch, held, version = self._sent.pop(client, ("", [], 0))
        if epoch != self._mirror.epoch or held != told:
            await self._linked()
            same = epoch == self._mirror.epoch and _rules(held) == _rules(told)
            epoch, version = self._mirror.epoch, next(self._versions)
            # Only the objects that they mean changed: who was judged by the version before still may write.
            params = {"client": client, "version": version, "rules": told, "replaces": not same}
            await self._mirror.ask("policy.protect", params)
        self._sent[client] = (epoch, told, version)
        while len(self._sent) > CLIENTS:
            self._sent.popitem(last=False)
        return version

    async def _linked(self) -> None:
        """As long as a write waits for the link, its rules do."""
        try:
            await self._mirror.wait_synced(LINK_WAIT_S)
        except TimeoutError:
            raise errors.Disconnected(
                "The mirror is not synced with Live now", hint="nothing was sent; try again", sent=False
            ) from None

    def forget(self, judged: dict[str, Any] | None) -> None:
        """The script does not have these rules any more: unless others were sent since, send them again."""
        client = "" if judged is None else judged["client"]
        if judged is not None and client in self._sent and self._sent[client][2] == judged["version"]:
            del self._sent[client]

    def is_new(self, client: str, name: str) -> bool:
        """Note who a client is; whether the bridge is to be told."""
        if self._announced_in == self._mirror.epoch and self._announced.get(client) == name:
            return False
        self._announced_in = self._mirror.epoch
        self._announced[client] = name
        while len(self._announced) > CLIENTS:
            del self._announced[next(iter(self._announced))]
        return True

    async def announce(self) -> None:
        """Tell the bridge who is behind this server."""
        clients = [{"identity": identity, "name": name} for identity, name in self._announced.items()]
        try:
            await self._mirror.ask("client.announce", {"clients": clients})
        except errors.MirrorError as problem:
            log.info("the bridge was not told who is behind this server: %s", problem)

    async def ask_person(self, client: str, question: str) -> bool | None:
        """Put a question to the person at the page or the command line; None where nobody is there or answers."""
        try:
            told = await self._mirror.ask(
                "question.ask", {"client": client, "text": question[:1000], "timeout_s": QUESTION_S}
            )
        except errors.MirrorError as problem:
            log.info("the person could not be asked: %s", problem)
            return None
        answer = told.get("answer") if isinstance(told, dict) else None
        return answer if isinstance(answer, bool) else None


def _rules(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in rule.items() if name != "ids"} for rule in told]


def _wire(policy: Policy, rule: Rule, tree: StoreTree) -> dict[str, Any]:
    told: dict[str, Any] = {"decide": rule.decide}
    for name in ("operations", "tools", "refs"):
        value = getattr(rule, name)
        if value:
            told[name] = list(value)
    places = policy.places(rule, tree.store)
    if places is not None:
        # What is allowed must be allowed both times: then it goes by its refs as they are when it runs.
        told["ids"] = sorted(places.ids if rule.decide == "allow" else places.expand(tree))
    reason = policy.reason(rule, tree.store)
    if reason:
        told["reason"] = reason
    for name in ("per_minute", "per_minute_in_all"):
        if getattr(rule, name) is not None:
            told[name] = getattr(rule, name)
            told["rate"] = hashlib.sha256(msgspec.json.encode(rule)).hexdigest()[:16]
    return told
