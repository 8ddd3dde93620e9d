"""One open page: its messages, and the person's actions.

The page sends its proof first, then its settings (`look`) and the visible parts (`want`). Messages to the page have a
number; the next message is made after the page has acknowledged the last one, from the state at that time: so a slow
page gets fewer pictures but never old ones, and the server's memory does not grow. A message has only differences from
the page's content: topics (status, log, questions, clients, switch, digest, transport, meters), the view's layout, and
parts as SVG.
"""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import trio

from mirror import errors

from ..pictures import svg
from . import parts
from .gate import Session, proves
from .live import Live
from .parts import CUTS, Area, Layout, Look, View
from .revert import revert

LEAST_S = 1 / 40
"""The least seconds between two messages."""
HELLO_S = 10.0
MOST_WANTED = 400
VIOLATION, UNPROVED = 1008, 4403


class Hello(msgspec.Struct, tag_field="do", tag="hello", forbid_unknown_fields=True):
    """The first message of a page."""

    proof: str


class ToLook(msgspec.Struct, tag_field="do", tag="look", forbid_unknown_fields=True):
    """The page's settings: `target` is the id of a clip or device; `visible` is false for a page in the background."""

    view: View
    theme: str = "light"
    width: int = 1000
    zoom: float = 1.0
    target: int | None = None
    visible: bool = True


class Want(msgspec.Struct, tag_field="do", tag="want", forbid_unknown_fields=True):
    """The visible parts."""

    keys: list[str]


class Ack(msgspec.Struct, tag_field="do", tag="ack", forbid_unknown_fields=True):
    """The acknowledgement of a message."""

    number: int


class Answer(msgspec.Struct, tag_field="do", tag="answer", forbid_unknown_fields=True):
    """The person answers a question."""

    question: int
    allow: bool


class Switch(msgspec.Struct, tag_field="do", tag="read_only", forbid_unknown_fields=True):
    """The person switches read-only on or off."""

    on: bool


class Show(msgspec.Struct, tag_field="do", tag="show", forbid_unknown_fields=True):
    """A request for the place of an object of an epoch."""

    id: int
    epoch: str = ""


class Revert(msgspec.Struct, tag_field="do", tag="revert", forbid_unknown_fields=True):
    """The person reverts a write."""

    write: str


class Changes(msgspec.Struct, tag_field="do", tag="changes", forbid_unknown_fields=True):
    """A request for all changes since the last visit."""


Message = Hello | ToLook | Want | Ack | Answer | Switch | Show | Revert | Changes
_decoder = msgspec.json.Decoder(Message)


class Visit:
    """An open page; the module's first lines describe it."""

    def __init__(self, live: Live, send: Any) -> None:
        self._live = live
        self._send_text = send
        self._look = Look()
        self._view: str = "session"
        self._visible = True
        self._wanted: list[str] = []
        self._layout: Layout | None = None
        self._turn: tuple[Any, ...] = ()
        self._epoch = live.mirror.epoch
        """The epoch of the target's id."""
        self._beat = -1
        self._sent_topics: dict[str, Any] = {}
        self._parts: dict[str, tuple[Area, Any]] = {}
        self._story_turn = 0
        self._replies: list[dict[str, Any]] = []
        self._sent = self._acked = 0
        self._woken = trio.Event()
        self._nursery: trio.Nursery | None = None

    # -- for `Live` ----------------------------------------------------------------------------------

    @property
    def looks_at(self) -> str:
        """The visible view; "" while the page is hidden."""
        return self._view if self._visible else ""

    @property
    def clip(self) -> int | None:
        """The clip in the piano roll."""
        if self._view != "notes" or not self._live.mirror.epoch:
            return None
        clip = parts.selected_clip(self._live.mirror, self._look)
        return clip.id if clip is not None else None

    @property
    def strips(self) -> set[int]:
        """The numbers of the mixer's visible strips."""
        return parts.strips_of(self._wanted) if self._view == "mixer" else set()

    def wake(self) -> None:
        """Let the page compare its content."""
        self._woken.set()

    # -- sending and receiving -----------------------------------------------------------------------

    async def run(self, receive: Any) -> None:
        """Serve the page until it is closed."""
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            nursery.start_soon(self._push)
            while (event := await receive())["type"] == "websocket.receive":
                try:
                    message = _decoder.decode(event["text"])
                except (msgspec.DecodeError, RecursionError):
                    await self._send_text(
                        {"type": "websocket.close", "code": VIOLATION, "reason": "not understood"}
                    )
                    break
                self._take(message)
                self._woken.set()
            nursery.cancel_scope.cancel()

    async def _push(self) -> None:
        while True:
            self._woken = trio.Event()
            if self._acked == self._sent and (message := self._compose()):
                self._sent += 1
                text = msgspec.json.encode({"number": self._sent, **message}).decode()
                await self._send_text({"type": "websocket.send", "text": text})
                await trio.sleep(LEAST_S)
            else:
                await self._woken.wait()

    def _take(self, message: Message) -> None:
        assert self._nursery is not None
        match message:
            case ToLook():
                self._to_look(message)
            case Want(keys):
                self._wanted = keys[:MOST_WANTED]
                self._parts = {key: part for key, part in self._parts.items() if key in self._wanted}
                self._turn = ()
            case Ack(number):
                self._acked = max(self._acked, min(number, self._sent))
            case Answer(question, allow):
                self._start("question.answer", {"question": question, "allow": allow})
            case Switch(on):
                self._start("policy.read_only", {"on": on})
            case Show(id_, epoch):
                self._replies.append({"show": self._located(id_, epoch)})
            case Changes():
                self._replies.append({"changes": self._live.digest.whole()})
            case Revert(write):
                self._nursery.start_soon(self._revert, write)

    def _to_look(self, message: ToLook) -> None:
        look = Look.within_limits(message.theme, message.width, message.zoom, message.target)
        if look != self._look or message.view != self._view:
            self._parts.clear()
            self._wanted = []
            self._sent_topics.pop("layout", None)
        self._look, self._view, self._visible, self._turn = look, message.view, message.visible, ()
        self._live.moved()

    # -- the person's actions ------------------------------------------------------------------------

    def _start(self, method: str, params: dict[str, Any]) -> None:
        async def ask() -> None:
            try:
                await self._live.mirror.ask(method, params)
            except errors.MirrorError as problem:
                self._say(problem)

        assert self._nursery is not None
        self._nursery.start_soon(ask)

    def _say(self, problem: errors.MirrorError, **about: str) -> None:
        self._replies.append({"problem": ". ".join(filter(None, (problem.rule, problem.hint))), **about})
        self.wake()

    async def _revert(self, write: str) -> None:
        try:
            left = await revert(self._live.mirror, write)
        except errors.MirrorError as problem:
            self._say(problem, write=write)
            return
        self._replies.append({"reverted": {"write": write, "left": left}})
        self.wake()

    def _located(self, id_: int, epoch: str) -> dict[str, Any]:
        mirror = self._live.mirror
        # Another epoch uses the same ids for other objects.
        if epoch not in ("", mirror.epoch):
            return {"id": id_, "gone": True}
        return parts.located(mirror, id_, self._view, self._look)

    # -- messages to the page ------------------------------------------------------------------------

    def _compose(self) -> dict[str, Any]:
        live = self._live
        message: dict[str, Any] = {}
        now = trio.current_time()
        questions = [
            {"question": question["question"], "client": question["client"], "text": question["text"]}
            for question in live.questions
        ]
        topics = {
            "status": live.status, "clients": live.clients, "read_only": live.read_only, "questions": questions,
            "digest": live.digest.head,
        }  # fmt: skip
        for name, value in topics.items():
            if self._sent_topics.get(name) != value:
                message[name] = self._sent_topics[name] = value
        if "questions" in message:
            message["questions"] = [
                {**question, "left_s": max(0.0, pending["until"] - now)}
                for question, pending in zip(questions, live.questions, strict=True)
            ]
        if self._story_turn != live.story.turn:
            message["log"] = live.story.since(self._story_turn)
            self._story_turn = live.story.turn
        if self._replies:
            message["replies"], self._replies = self._replies, []
        if self._visible and live.mirror.epoch:
            self._compose_view(message)
        return message

    def _compose_view(self, message: dict[str, Any]) -> None:
        live = self._live
        turn = (live.turns[self._view], live.mirror.epoch, tuple(self._wanted))
        if turn != self._turn:
            self._turn = turn
            self._compose_pictures(message)
        if self._beat != live.turns["beat"]:
            self._beat = live.turns["beat"]
            song = live.transport() if self._view == "arrangement" else None
            for name, value in (("song", song), ("clip", live.clip_position(self.clip))):
                if (value is not None and value["playing"]) or self._sent_topics.get(name) != value:
                    message[name] = self._sent_topics[name] = value
        if self._view == "mixer" and self._sent_topics.get("meters") != live.meters:
            message["meters"] = self._sent_topics["meters"] = live.meters

    def _compose_pictures(self, message: dict[str, Any]) -> None:
        mirror, cut = self._live.mirror, CUTS[self._view]
        if mirror.epoch != self._epoch:
            self._epoch = mirror.epoch
            self._look = self._look._replace(target=None)
        layout = cut.layout(mirror, self._look)
        if self._sent_topics.get("layout") != layout:
            self._sent_topics["layout"] = layout
            message["layout"] = parts.layout_json(self._view, layout, self._look)
        areas = {area.key: area for area in layout.areas}
        drawn = {}
        for key in self._wanted:
            area = areas.get(key)
            if area is None:
                self._parts.pop(key, None)
                continue
            data = cut.gather(mirror, self._look, area)
            if self._parts.get(key) != (area, data):
                self._parts[key] = area, data
                drawn[key] = svg(cut.draw(data, self._look, area))
        if drawn:
            message["parts"] = drawn


async def visit(live: Live, session: Session, receive: Any, send: Any) -> None:
    """Serve one accepted websocket; it is closed unless its page sends the session's proof."""
    hello: Any = None
    with trio.move_on_after(HELLO_S):
        first = await receive()
        try:
            hello = _decoder.decode(first.get("text") or "")
        except (msgspec.DecodeError, RecursionError):
            pass
    if not isinstance(hello, Hello) or not proves(session, hello.proof):
        await send({"type": "websocket.close", "code": UNPROVED, "reason": "open the page with its link"})
        return
    visitor = Visit(live, send)
    live.visit(visitor)
    try:
        await visitor.run(receive)
    finally:
        live.leave(visitor)


assert set(get_args(View)) == set(CUTS)
