"""Refusals for people: where a browser asked for a page, it gets one that says what was wrong, not a JSON document."""

import json
from typing import Any

from starlette.datastructures import Headers, QueryParams
from starlette.types import Message, Scope, Send

from serving import pages
from serving.api import problems
from serving.language.asked import PARAMETER, preferred
from therapport import language
from therapport.language import ENGLISH, LANGUAGES, N_

PROGRAMS = ("/v1/", "/fhir/", "/cds-services", "/invocations", "/metrics", "/livez", "/readyz", "/openapi.json")
"""Addresses that programs ask, also where somebody types them into a browser."""
HEADINGS = {
    401: N_("This server asks for a key"),
    403: N_("That is not allowed here"),
    404: N_("There is no such page"),
    405: N_("There is no such page"),
    413: N_("That is too much at once"),
    422: N_("The address or the form does not fit"),
    503: N_("Not possible at the moment"),
}
OTHERWISE = N_("That cannot be answered")


def is_for_a_person(scope: Scope) -> bool:
    """Whether a browser asks for a page, and may be answered with one."""
    path = scope["path"]
    if any(path.startswith(program) or f"{program.rstrip('/')}/" in path for program in PROGRAMS):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


class AsPage:
    """Sends an answer on, and a problem document as a page in the language of whom it is for."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._held: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start" and _is_problem(message):
            self._held = message
            return
        if self._held is None or message["type"] != "http.response.body":
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return
        held, self._held = self._held, None
        page = self._page(held["status"], json.loads(self._body)).encode()
        kept = [(name, value) for name, value in held["headers"] if name not in (b"content-type", b"content-length")]
        kept += [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(page)).encode())]
        await self._send({**held, "headers": kept})
        await self._send({"type": "http.response.body", "body": page})

    def _page(self, status: int, told: dict[str, Any]) -> str:
        stated = QueryParams(self._scope.get("query_string", b"")).get(PARAMETER, "")
        header = Headers(scope=self._scope).get("accept-language", "")
        default: str = getattr(self._scope["app"].state, "language", ENGLISH)
        code = stated if stated in LANGUAGES else preferred(header) or default
        heading = HEADINGS.get(status, OTHERWISE)
        with language.using(code):
            return pages.render(
                "refused.html",
                simulated=False,
                heading=language.gettext(heading),
                title="" if told["title"].rstrip(".") == heading else told["title"],
                errors=told.get("errors", ()),
            )


def _is_problem(message: Message) -> bool:
    kinds = [value for name, value in message.get("headers", ()) if name == b"content-type"]
    return problems.MEDIA_TYPE.encode() in kinds
