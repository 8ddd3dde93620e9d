"""Wire methods that concern all servers of one Live: policy rules, read-only switch, questions to persons, clients.

policy.protect   {client, version, rules}   the rules of one client, as its server judges by them
policy.state     {}                         the switch, the waiting questions
policy.read_only {on}                       a person only: refuse all writes, or allow them again
question.ask     {client, text, timeout_s}  → {answer: true, false or null, why}
question.follow  {on}                       a person only: ready to answer, until off or the connection ends
question.answer  {question, allow}          a person only
client.announce  {clients}                  a server sends the list of its clients
client.list      {}                         all connections with the clients behind them
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional

from .clients import Client
from .contract.errors import BridgeError
from .guard import Guard
from .questions import Questions, need_person, switched
from .wire import encode

ANNOUNCED = 256
"""Limit of announced clients of one server."""

Handler = Callable[[Client, Any, Dict[str, Any]], Optional[bytes]]


class PolicyRequests:
    """The handlers of these methods; `server()` is available once the bridge listens."""

    def __init__(self, guard: Guard, questions: Questions, server: Callable[[], Any]) -> None:
        self._guard = guard
        self._questions = questions
        self._server = server
        self.handlers: Dict[str, Handler] = {
            "policy.protect": self._protect,
            "policy.state": self._state,
            "policy.read_only": self._read_only,
            "question.ask": lambda client, request, params: questions.ask(client, request, params),
            "question.follow": lambda client, request, params: questions.follow(client, params),
            "question.answer": lambda client, request, params: questions.answer(client, params),
            "client.announce": self._announce,
            "client.list": self._list,
        }

    def _protect(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        return encode({"version": self._guard.protect(params)})

    def _state(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        state = {
            "read_only": self._guard.read_only,
            "refused": self._guard.refused,
            "questions": self._questions.listed(),
        }
        return encode(state)

    def _read_only(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        need_person(client, "switch read-only on or off")
        on = switched(params.get("on"))
        self._guard.switch(on)
        self._server().notify("policy.changed", {"read_only": on})
        return encode({"read_only": on})

    def _announce(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        announced = params.get("clients")
        if not isinstance(announced, list) or len(announced) > ANNOUNCED:
            raise BridgeError("INVALID_PARAMS", "`clients` is a list of at most {} clients".format(ANNOUNCED))
        known = []
        for about in announced:
            if not isinstance(about, dict):
                raise BridgeError("INVALID_PARAMS", "A client is {identity, name}")
            known.append({name: str(about.get(name, ""))[:100] for name in ("identity", "name")})
        client.announced = known
        return encode({"clients": len(known)})

    def _list(self, client: Client, request: Any, params: Dict[str, Any]) -> Optional[bytes]:
        listed = [
            {
                "identity": served.identity,
                "role": served.role,
                "name": served.name,
                "clients": served.announced,
            }
            for served in self._server().served()
        ]
        return encode({"clients": listed})
