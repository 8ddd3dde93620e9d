"""The client of a request: its identity, its connection, and questions to its person.

Only this module uses private names of the SDK.

A client is identified by its named token, or by its process; the name that it gives itself is only shown.

In the protocol eras up to 2025-11-25 a question is our request to the client, answered while the call waits. From
2026-07-28 on the call ends with the question, and the client calls again with the answer and with our proof that the
answer belongs to this call.
"""

from __future__ import annotations

import hmac
import itertools
import secrets
import weakref
from typing import Any

import mcp_types as types
import msgspec
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from mirror.token import PROCESS

from .desk import Caller
from .front import IDENTITY

CONSENT = "consent"
_SECRET = secrets.token_bytes(32)
_YES_OR_NO: Any = {
    "type": "object",
    "properties": {"allow": {"type": "boolean", "title": "Allow it", "default": False}},
    "required": ["allow"],
}
_numbers: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
_count = itertools.count(1)


def connection_of(ctx: Any) -> Any:
    """The connection of a request; in eras with connections the same object for all requests of one client."""
    # The SDK has no public name for it.
    return ctx.session._connection


def caller_of(ctx: Any) -> Caller:
    """The client of a request, identified by the request's token, by the server's own client, or by the connection."""
    params = ctx.session.client_params
    name = " ".join((params.client_info.name or "").split())[:60] if params is not None else ""
    user = ctx.request.scope.get("user") if ctx.request is not None else None
    identity = user.display_name if user is not None else ctx.lifespan_context.get(IDENTITY)
    if identity and identity.startswith(PROCESS):
        # A process number is meaningless to people, so only the name is shown.
        return Caller(name or identity, identity)
    if identity:
        return Caller(identity if name in ("", identity) else f"{identity} ({name})", identity)
    name = name or "agent"
    number = _numbers.get(connection_of(ctx))
    if number is None:
        number = _numbers[connection_of(ctx)] = next(_count)
    return Caller(name, f"{name}#{number}")


def is_modern(ctx: Any) -> bool:
    """True for a request of the era from 2026-07-28 on, which has no lasting connection."""
    return ctx.session.protocol_version in MODERN_PROTOCOL_VERSIONS


class AskFirst(Exception):
    """The call ends with a question; `result` contains it."""

    def __init__(self, result: types.InputRequiredResult) -> None:
        super().__init__("a person is asked first")
        self.result = result


class Consent:
    """Asks the client's person questions about one call.

    `asked` is the subject of the question that an earlier try of this call asked, or None; see `about` of `ask`.
    """

    def __init__(self, ctx: Any, params: types.CallToolRequestParams) -> None:
        self._ctx = ctx
        self._params = params
        self.asked: dict[str, Any] | None = self._opened(params.request_state) if is_modern(ctx) else None

    async def ask(self, question: str, about: dict[str, Any]) -> bool | None:
        """The person's answer; None if the client cannot ask.

        Args:
          about: The subject of the question as plain JSON; an answer counts only for a question with an equal subject.

        Raises:
          AskFirst: the question must be sent to the client, which then calls again.
        """
        capabilities = self._ctx.session.client_capabilities
        able = capabilities.elicitation if capabilities is not None else None
        if able is None or (able.form is None and able.url is not None):
            return None
        if not is_modern(self._ctx):
            try:
                answer = await self._ctx.session.elicit_form(question, _YES_OR_NO, self._ctx.request_id)
            except MCPError:
                return None
            return _allows(answer)
        response = (self._params.input_responses or {}).get(CONSENT)
        if response is not None and self.asked == about:
            return _allows(response)
        request = types.ElicitRequest(
            params=types.ElicitRequestFormParams(message=question, requested_schema=_YES_OR_NO)
        )
        raise AskFirst(
            types.InputRequiredResult(input_requests={CONSENT: request}, request_state=self._sealed(about))
        )

    def _sealed(self, about: dict[str, Any]) -> str:
        text = msgspec.json.encode(about).decode()
        return f"{self._proof(text)} {text}"

    def _opened(self, state: str | None) -> dict[str, Any] | None:
        """The subject of an earlier question; None if the state is not our proof for this call."""
        proof, _, text = (state or "").partition(" ")
        if not text or not hmac.compare_digest(proof.encode(), self._proof(text).encode()):
            return None
        about: dict[str, Any] = msgspec.json.decode(text)
        return about

    def _proof(self, text: str) -> str:
        """A proof that only we can make, so that an answer to one call cannot permit another call."""
        about = [self._params.name, self._params.arguments or {}, text]
        return hmac.new(_SECRET, msgspec.json.encode(about, order="sorted"), "sha256").hexdigest()


def _allows(answer: Any) -> bool:
    content = getattr(answer, "content", None)
    return (
        getattr(answer, "action", "") == "accept"
        and isinstance(content, dict)
        and content.get("allow") is True
    )
