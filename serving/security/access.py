"""Who may ask for what: the scope of every address, and the key that a request shows."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import Scope as Request

from serving.api.frame import WHO
from serving.api.problems import Refusal
from serving.security.keys import Key, KeyRing, Scope
from therapport.errors import TherapportError

OPEN = frozenset(
    {"/livez", "/readyz", "/ping", "/health", "/openapi.json", "/docs", "/docs/openapi.json", "/cds-services"}
)
"""Of these anybody may ask: they say nothing of a patient, and machines that watch a server have no keys."""
NEEDED: dict[str, Scope] = {"predict": "score", "$predict": "score", "invocations": "score", "metrics": "admin"}
"""Last part of an address -> the scope that it needs; all others need `explain`, except for what describes models."""
ANY = frozenset({"", "current", "codebook", "model", "card"})
"""Last parts of addresses that any key opens."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
ASK_FOR = ('Basic realm="therapport, with a key as the password", charset="UTF-8"', 'Bearer realm="therapport"')
"""A line each: of several challenges in one line Chromium and its kin see only the first, and never ask."""


@dataclass(frozen=True)
class Access:
    """The rule of one server."""

    keys: KeyRing | None = None
    """None, or while it has none: everybody who reaches the server may ask for everything."""
    hosts: frozenset[str] | None = None
    """Names under which it may be addressed while no key is asked for; None for any. Only loopback's, against pages of
    others that make a browser ask."""

    def asks(self) -> bool:
        """Whether a key is asked for; the first one that is added is, at once."""
        return self.keys is not None and self.keys.asks()

    def admit(self, request: Request) -> None:
        """Let a request pass and note who asks; raises Refusal otherwise."""
        headers, asks = request["headers"], self.asks()
        if not asks and self.hosts is not None and _host(_header(headers, b"host")) not in self.hosts:
            raise Refusal(403, "This server is not asked under that name.")
        if request["method"] not in ("GET", "HEAD") and _header(headers, b"sec-fetch-site") == "cross-site":
            raise Refusal(403, "A page of another site may not send anything here.")
        if not asks or request["path"] in OPEN:
            return
        key = self._key(_header(headers, b"authorization"))
        needed = scope_of(request["path"])
        if needed is not None and needed not in key.scopes:
            raise Refusal(403, f"This key does not have the scope {needed}.")
        request[WHO] = key.id

    def _key(self, authorization: str) -> Key:
        try:
            key = None if self.keys is None else self.keys.holder(_token(authorization))
        except TherapportError:
            raise Refusal(503, "The server cannot read its keys.") from None
        if key is None:
            raise Refusal(401, "This server asks for a key.", www_authenticate=ASK_FOR)
        return key


def scope_of(path: str) -> Scope | None:
    """What a key needs for an address; None where any key will do."""
    last = path.rstrip("/").rsplit("/", 1)[-1]
    return None if last in ANY else NEEDED.get(last, "explain")


def _token(authorization: str) -> str:
    kind, _, rest = authorization.partition(" ")
    if kind.lower() == "basic":  # what browsers can send: the key is the password
        try:
            return base64.b64decode(rest, validate=True).decode("ascii").partition(":")[2]
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return ""
    return rest.strip() if kind.lower() == "bearer" else ""


def _header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str:
    return next((value.decode("latin-1") for known, value in headers if known == name), "")


def _host(header: str) -> str:
    if header.startswith("["):
        return header.partition("]")[0] + "]"
    return header.partition(":")[0].lower()
