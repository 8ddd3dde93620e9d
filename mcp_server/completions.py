"""Completions from the mirror for variables of resource addresses and arguments of prompts."""

from __future__ import annotations

from collections.abc import Iterable

import mcp_types as types

from mirror import Mirror, Node, errors
from remote_script.SetMirror.contract import schema

from .guide import pages

MOST = 100
"""The most completions in one answer, which is the protocol's limit."""


def complete(mirror: Mirror, params: types.CompleteRequestParams) -> types.CompleteResult:
    """Candidates that start with the typed text, then those that contain it; none for free values."""
    typed = params.argument.value.casefold()
    matches = [
        (not begins, number, value)
        for number, (value, words) in enumerate(_candidates(mirror, params))
        if (begins := value.casefold().startswith(typed) or words.casefold().startswith(typed))
        or typed in words.casefold()
    ]
    values = list(dict.fromkeys(value for _, _, value in sorted(matches)))
    return types.CompleteResult(
        completion=types.Completion(values=values[:MOST], total=len(values), has_more=len(values) > MOST)
    )


def _candidates(mirror: Mirror, params: types.CompleteRequestParams) -> Iterable[tuple[str, str]]:
    """Pairs of (value, searchable text), best first."""
    if isinstance(params.ref, types.ResourceTemplateReference) and params.ref.uri.startswith("live://guide/"):
        return pages.TOPICS.items()
    if not mirror.epoch:
        return []
    if isinstance(params.ref, types.PromptReference):
        return _refs(mirror, _devices(mirror)) if params.argument.name == "device" else []
    uri = params.ref.uri
    if uri.startswith("live://tracks/"):
        tracks = mirror.children("song", "tracks")
        return [(str(number), track.name) for number, track in enumerate(tracks)]
    if uri.startswith(("live://clips/", "live://picture/notes/")):
        return _refs(
            mirror, (node for node in mirror.walk() if node.type == "Clip" and "notes" in node.props)
        )
    if uri.startswith(("live://devices/", "live://picture/device/")):
        return _refs(mirror, _devices(mirror))
    if uri.startswith("live://ref/"):
        return _steps(mirror, params.argument.value)
    return []


def _devices(mirror: Mirror) -> Iterable[Node]:
    return (
        node for node in mirror.walk() if node.type in schema.CLASSES and schema.is_a(node.type, "Device")
    )


def _refs(mirror: Mirror, nodes: Iterable[Node]) -> list[tuple[str, str]]:
    return [(mirror.ref(node.id), node.name) for node in nodes]


def _steps(mirror: Mirror, typed: str) -> list[tuple[str, str]]:
    """Completions of the next step of a path only, since a Set has thousands of paths."""
    above, _, last = typed.rpartition("/")
    top = above if above else "song"
    try:
        node = mirror.resolve(top)
    except errors.MirrorError:
        # No object has the path that was typed so far.
        return []
    candidates = []
    for children in node.children.values():
        for id_ in [children] if isinstance(children, int) else children or ():
            ref = mirror.ref(id_)
            candidates.append((ref, ref))
            name = mirror.node(id_).name
            if name and last:
                candidates.append((ref, name))
    return candidates
