"""Around every request: security headers on the answer, and no patient's value in the log of an unforeseen error."""

import logging
import traceback

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving import pages, problems

log = logging.getLogger("therapport.serving")
HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src '{pages.STYLE_HASH}'; img-src 'self' data:; form-action 'self'; "
        f"base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
ENCODED = [(name.encode(), value.encode()) for name, value in HEADERS.items()]


class Guard:
    """Middleware; the server's own log would print the message of an error, which may quote what was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message.get("headers", []), *ENCODED]
            await send(message)

        try:
            await self._app(scope, receive, send_guarded)
        except Exception as error:  # noqa: BLE001 - the outermost place of a request
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("unforeseen %s in %s, line %s", type(error).__name__, place.name, place.lineno)  # noqa: TRY400
            if not begun:
                answer = problems.problem(500, "An unforeseen error; the request was not answered.")
                await answer(scope, receive, send_guarded)
