"""Tries a call against every rule about its objects: server and script refuse it, and the Set does not change."""

from __future__ import annotations

from typing import Any

from mcp_server.effects import effects_of
from mcp_server.policy import Policy, PolicyFile, Rule
from mcp_server.protection import Protection
from mirror import Call, errors
from tests.touched import Difference, Reading
from tests.whole import Whole

MOST = 3
"""The most objects of one call for which rules are made; a scene's other slots are left out."""


def ways(whole: Whole, id_: int) -> list[str]:
    """The ways in which a rule can name an object: ref, id, pattern, name, parent."""
    store = whole.mirror.store
    ref, node = store.ref(id_), store.nodes[id_]
    patterns = [ref, f"id:{id_}"]
    if "/" in ref:
        parts = ref.split("/")
        patterns += ["/".join("*" if part.isdigit() else part for part in parts), f"{ref}/**"]
        if node.name and "]" not in node.name and parts[-1].isdigit():
            patterns.append(f"{'/'.join(parts[:-1])}/*[{node.name}]")
        if node.parent is not None and node.parent != store.root:
            patterns.append(store.ref(node.parent))
    if node.name and "/" not in node.name and id_ != store.root:
        patterns.append(node.name)
    return patterns


async def denied_everywhere(
    whole: Whole, target: Any, method: str, args: dict[str, Any]
) -> tuple[int, Reading]:
    """Try the call against all these rules; returns their number, and a reading of Live after the last one."""
    store = whole.mirror.store
    call = Call(target, method, args)
    effects = effects_of(store, [call])
    reached = list(dict.fromkeys(id_ for effect in effects for id_ in effect.ids))[:MOST]
    below = [
        node.id
        for effect in effects
        if effect.kind == "delete"
        for top in effect.ids[:1]
        for node in store.walk(top)
    ]
    before, entries, policy_before = Reading(whole.stage.live.song), whole.history(), whole.engine.policy
    tried = 0
    for id_ in dict.fromkeys([*reached, *below[-1:]]):
        for text in ways(whole, id_):
            policy = Policy(PolicyFile(rule=(Rule("deny", refs=(text,)),)))
            whole.engine.policy = policy
            for named in (target, f"id:{whole.mirror.resolve(target).id}"):
                code = await whole.refused("call_method", target=named, method=method, args=args)
                assert code == "DENIED", (method, text, code)
            tried += 1
        # Only the script judges here, as if the server had allowed the call.
        judged = await Protection(whole.mirror).judged(policy, "call_method", (), "tests", [])
        try:
            await whole.mirror.write([call], policy=judged)
        except errors.Denied:
            pass
        else:
            raise AssertionError((method, store.ref(id_), "the script let it through"))
    whole.engine.policy = policy_before
    after = Reading(whole.stage.live.song)
    really = Difference(before, after)
    assert (really.created, really.removed, really.edited) == ([], [], []), method
    assert whole.history() == entries
    return tried, after
