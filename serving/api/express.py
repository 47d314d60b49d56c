"""The short way for what is asked most: POST /v1/predict with few patients as JSON, past the layers of the framework.

It stands inside the guard, so keys, headers, counters and errors are those of every other request; it calls what the
long way calls. Whatever is not plain goes the long way: tables, other media types, chunked or long bodies.
"""

from collections.abc import Iterable, Mapping

from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.api import answering, predicting
from serving.api.bodies import JSON
from serving.api.frame import WHO, Frame
from serving.api.predicting import AT_ONCE
from serving.api.served import Served

ARROW, PLAIN = b"arrow", JSON.encode()
CONTENT_TYPE = (b"content-type", PLAIN)
DIGITS = 9
"""Of a stated length, at most: Python takes its time over numbers of thousands."""


class Express:
    """Middleware that answers by itself where it can."""

    def __init__(self, app: ASGIApp, served: Mapping[str, Served], frame: Frame) -> None:
        self._app, self._served, self._frame = app, served, frame
        self._longest = min(AT_ONCE, frame.limits.body_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        served = self._served.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if served is None or not _is_plain(scope["headers"], self._longest):
            await self._app(scope, receive, send)
            return
        loaded, query = served.now, scope["query_string"]
        wanted = answering.asked(QueryParams(query)) if query else answering.FAMILIES
        body = await _body(receive)
        content = predicting.of_json(self._frame, loaded, body, wanted, who=scope.get(WHO)).encode()
        status = (predicting.STATUS_HEADER.lower().encode(), predicting.status_of(loaded).encode())
        headers = [status, (b"content-length", b"%d" % len(content)), CONTENT_TYPE]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})


def _is_plain(headers: Iterable[tuple[bytes, bytes]], longest: int) -> bool:
    """Whether a body is JSON of stated and modest length, and the answer wanted as JSON."""
    kind = length = None
    for name, value in headers:
        if name == b"content-length":
            if length is not None or not value.isdigit() or len(value) > DIGITS or int(value) > longest:
                return False
            length = value
        elif name == b"content-type":
            if kind is not None or (value != PLAIN and value.partition(b";")[0].strip().lower() != PLAIN):
                return False
            kind = value
        elif name in (b"content-encoding", b"transfer-encoding") or (name == b"accept" and ARROW in value):
            return False
    return length is not None


async def _body(receive: Receive) -> bytes:
    """The body, which the server holds to its stated length."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)
