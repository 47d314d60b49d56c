"""Around every request: who may ask, headers on the answer, no patient's value in the log of an unforeseen error."""

import logging
import time
import traceback
from collections.abc import Callable

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving import pages, refusals
from serving.api import problems
from serving.security.access import Access
from therapport.errors import OutputError

log = logging.getLogger("therapport.serving")
HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src '{pages.STYLE_HASH}'; img-src 'self' data:; form-action 'self'; "
        f"base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-frame-options": "DENY",
}
ENCODED = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
Observe = Callable[[Scope, int, float], None]
"""Is told of every answer: the request, its status, the seconds that it took."""


class Guard:
    """Middleware; the server's own log would print the message of an error, which may quote what was sent."""

    def __init__(self, app: ASGIApp, access: Access, observe: Observe) -> None:
        self._app, self._access, self._observe = app, access, observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), *ENCODED]
            await send(message)

        answering: Send = refusals.AsPage(scope, send_guarded) if refusals.is_for_a_person(scope) else send_guarded
        try:
            self._access.admit(scope)
            await self._app(scope, receive, answering)
        except problems.Refusal as refusal:
            await refusal.response()(scope, receive, answering)
        except OutputError as error:
            # What cannot be kept may not be answered.
            log.error("%s", error.summary)  # noqa: TRY400 - a sentence, no traceback
            answer = problems.problem(503, "The audit trail cannot be written, so nothing is answered.")
            await answer(scope, receive, answering)
        except ClientDisconnect:
            status = status or 499  # nobody is left to be told; the number is what others write for it
        except Exception as error:  # noqa: BLE001 - the outermost place of a request
            place = traceback.extract_tb(error.__traceback__)[-1]
            log.error("unforeseen %s in %s, line %s", type(error).__name__, place.name, place.lineno)  # noqa: TRY400
            if not status:
                answer = problems.problem(500, "An unforeseen error; the request was not answered.")
                await answer(scope, receive, answering)
        finally:
            self._observe(scope, status, time.perf_counter() - began)
