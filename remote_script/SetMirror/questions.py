"""Policy questions to a person: any server can ask, only a connection with the person's role can answer.

Every stdio client has its own server, so the script collects the questions of all servers. A question waits until
it is answered, its time is over, or its server disconnects. If no person follows the questions, the reply comes at
once and says that nobody could be asked.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

from .clients import Client
from .contract import auth
from .contract.checks import short
from .contract.errors import BridgeError
from .wire import encode, request_line, result_line

WAITING = 32
"""Limit of waiting questions; a person cannot read more."""
LONGEST = 1000
"""Characters of a question."""
TIMEOUT_S, MOST_S = 60.0, 600.0


class Question:
    """One question, the client that asked it, and until when it waits."""

    def __init__(self, number: int, client: Client, request: Any, who: str, text: str, until: float) -> None:
        self.number = number
        self.client = client
        self.request = request
        self.who = who
        self.text = text
        self.until = until

    def plain(self, now: float) -> Dict[str, Any]:
        left = round(max(0.0, self.until - now), 1)
        return {"question": self.number, "client": self.who, "text": self.text, "left_s": left}


class Questions:
    """The waiting questions; `clients()` returns the authenticated connections."""

    def __init__(self, clock: Callable[[], float], clients: Callable[[], List[Client]]) -> None:
        self._clock = clock
        self._clients = clients
        self._waiting: Dict[int, Question] = {}
        self._number = 0

    def ask(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        """Send a question to all persons; the reply follows later, or at once if no person follows questions."""
        text, timeout_s = params.get("text"), params.get("timeout_s", TIMEOUT_S)
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
            raise BridgeError("INVALID_PARAMS", "`text` is a text of 1 to {} characters".format(LONGEST))
        if (
            isinstance(timeout_s, bool)
            or not isinstance(timeout_s, (int, float))
            or not 0 < timeout_s <= MOST_S
        ):
            raise BridgeError("INVALID_PARAMS", "`timeout_s` is above 0 and at most {:g}".format(MOST_S))
        if len(self._waiting) >= WAITING:
            raise BridgeError("BUSY", "{} questions are waiting already".format(WAITING), retry_after_s=5.0)
        persons = [person for person in self._persons() if person.answers]
        if not persons:
            return encode({"answer": None, "why": "nobody could be asked"})
        self._number += 1
        who = params.get("client")
        who = who[:200] if isinstance(who, str) and who else client.identity
        question = Question(self._number, client, request, who, text, self._clock() + float(timeout_s))
        self._waiting[question.number] = question
        for person in persons:
            self._send(person, "question.asked", question.plain(self._clock()))
        return None

    def answer(self, client: Client, params: Dict[str, Any]) -> bytes:
        """Record a person's yes or no; BridgeError DENIED for an agent, NOT_FOUND if the question no longer waits."""
        need_person(client, "answer a question")
        number, allow = params.get("question"), params.get("allow")
        if not isinstance(allow, bool):
            raise BridgeError("INVALID_PARAMS", "`allow` is true or false", short(allow))
        question = self._waiting.get(number) if type(number) is int else None
        if question is None:
            raise BridgeError("NOT_FOUND", "No question of this number waits", short(number))
        self._end(question, allow, "a person answered")
        return encode({"question": question.number, "allow": allow})

    def follow(self, client: Client, params: Dict[str, Any]) -> bytes:
        """Start or stop following questions on this connection; BridgeError DENIED unless its role is the person's."""
        need_person(client, "follow the questions")
        on = switched(params.get("on", True))
        client.answers = on
        return encode({"questions": self.listed()})

    def listed(self) -> List[Dict[str, Any]]:
        """The waiting questions, oldest first."""
        return [question.plain(self._clock()) for question in self._waiting.values()]

    def expire(self) -> None:
        """End questions whose time is over or whose server disconnected; called once a pump."""
        now = self._clock()
        for question in list(self._waiting.values()):
            if question.client.closed:
                self._end(question, None, "its client disconnected")
            elif now >= question.until:
                self._end(question, None, "nobody answered in time")

    def _end(self, question: Question, answer: Optional[bool], why: str) -> None:
        del self._waiting[question.number]
        question.client.push(result_line(question.request, encode({"answer": answer, "why": why})))
        for person in self._persons():
            self._send(person, "question.ended", {"question": question.number, "answer": answer, "why": why})

    def _persons(self) -> List[Client]:
        return [client for client in self._clients() if client.role == auth.PERSON]

    def _send(self, person: Client, method: str, params: Dict[str, Any]) -> None:
        line = request_line(method, params)
        if person.has_room(line):
            person.stream(line)


def switched(on: Any) -> bool:
    """The argument `on`; BridgeError INVALID_PARAMS unless it is a bool."""
    if not isinstance(on, bool):
        raise BridgeError("INVALID_PARAMS", "`on` is true or false", short(on))
    return on


def need_person(client: Client, action: str) -> None:
    """BridgeError DENIED unless the connection proved the person's role."""
    if client.role != auth.PERSON:
        raise BridgeError(
            "DENIED", "Only a person may {}, and this connection is an agent's".format(action),
            hint="use the page or the command line of the user that runs Live",
        )  # fmt: skip
