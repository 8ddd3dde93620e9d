"""Sends the policy to the script, which enforces it where writes run; every write names its version of the rules.

A client's rules are sent with the objects that they match when the call is read, and again when these objects change.
When the write runs, the script applies the rules to these objects and to the objects that the refs match at that time.
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
"""The most clients whose rule versions are stored, here and in the script."""
QUESTION_S = 120.0
"""Seconds that a person has for an answer."""


class Protection:
    """Stores which rule versions and clients the script has; asks persons questions."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._sent: OrderedDict[str, tuple[str, list[dict[str, Any]], int]] = OrderedDict()
        # A random start, so that two servers of one client never use the same number for different rules.
        self._versions = itertools.count(secrets.randbits(40))
        self._sending = anyio.Lock()
        self._announced: dict[str, str] = {}
        self._announced_in = ""

    async def judged(
        self, policy: Policy, tool: str, batched: Sequence[str], client: str, consent: list[NamedEffect]
    ) -> dict[str, Any] | None:
        """The `policy` field of a write, after the script has its rules; None if no rule can refuse the write.

        Args:
          batched: Further tools whose calls a batch by `tool` contains.
          consent: Effects to which a person consented.
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
            **({"held": list(batched)} if batched else {}),
            "consent": [[effect.kind, list(effect.ids)] for effect in consent],
        }

    async def _version(self, policy: Policy, client: str, rules: list[Rule]) -> int:
        """The script's version of these rules and the objects that they match now; sends them if they changed."""
        tree = StoreTree(self._mirror.store)
        payload = [_wire(policy, rule, tree) for rule in rules]
        epoch, previous, version = self._sent.pop(client, ("", [], 0))
        if epoch != self._mirror.epoch or previous != payload:
            await self._linked()
            same = epoch == self._mirror.epoch and _rules(previous) == _rules(payload)
            epoch, version = self._mirror.epoch, next(self._versions)
            # If only the matched objects changed, writes that were judged by the previous version may still run.
            params = {"client": client, "version": version, "rules": payload, "replaces": not same}
            await self._mirror.ask("policy.protect", params)
        self._sent[client] = (epoch, payload, version)
        while len(self._sent) > CLIENTS:
            self._sent.popitem(last=False)
        return version

    async def _linked(self) -> None:
        """Wait until the mirror is synced, at most as long as a write waits."""
        try:
            await self._mirror.wait_synced(LINK_WAIT_S)
        except TimeoutError:
            raise errors.Disconnected(
                "The mirror is not synced with Live now", hint="nothing was sent; try again", sent=False
            ) from None

    def forget(self, judged: dict[str, Any] | None) -> None:
        """Record that the script evicted these rules: they are sent again, unless newer rules were sent since."""
        client = "" if judged is None else judged["client"]
        if judged is not None and client in self._sent and self._sent[client][2] == judged["version"]:
            del self._sent[client]

    def is_new(self, client: str, name: str) -> bool:
        """Record a client's identity and name; True if the bridge must be informed."""
        if self._announced_in == self._mirror.epoch and self._announced.get(client) == name:
            return False
        self._announced_in = self._mirror.epoch
        self._announced[client] = name
        while len(self._announced) > CLIENTS:
            del self._announced[next(iter(self._announced))]
        return True

    async def announce(self) -> None:
        """Announce this server's clients to the bridge."""
        clients = [{"identity": identity, "name": name} for identity, name in self._announced.items()]
        try:
            await self._mirror.ask("client.announce", {"clients": clients})
        except errors.MirrorError as problem:
            log.info("the bridge does not know this server's clients: %s", problem)

    async def ask_person(self, client: str, question: str) -> bool | None:
        """Ask the person at the page or the command line; None if nobody answers."""
        try:
            reply = await self._mirror.ask(
                "question.ask", {"client": client, "text": question[:1000], "timeout_s": QUESTION_S}
            )
        except errors.MirrorError as problem:
            log.info("the person could not be asked: %s", problem)
            return None
        answer = reply.get("answer") if isinstance(reply, dict) else None
        return answer if isinstance(answer, bool) else None


def _rules(payload: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in rule.items() if name != "ids"} for rule in payload]


def _wire(policy: Policy, rule: Rule, tree: StoreTree) -> dict[str, Any]:
    payload: dict[str, Any] = {"decide": rule.decide}
    for name in ("operations", "tools", "refs"):
        value = getattr(rule, name)
        if value:
            payload[name] = list(value)
    places = policy.places(rule, tree.store)
    if places is not None:
        # For `allow` only pinned objects are sent, because its refs must match when the write runs.
        payload["ids"] = sorted(places.ids if rule.decide == "allow" else places.expand(tree))
    reason = policy.reason(rule, tree.store)
    if reason:
        payload["reason"] = reason
    for name in ("per_minute", "per_minute_in_all"):
        if getattr(rule, name) is not None:
            payload[name] = getattr(rule, name)
            payload["rate"] = hashlib.sha256(msgspec.json.encode(rule)).hexdigest()[:16]
    return payload
