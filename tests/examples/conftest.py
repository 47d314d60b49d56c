"""A web server on loopback that answers as a test asks it to."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from therapport.examples.remote import Remote


@dataclass
class Home:
    """The public home of a file: what it holds, how it answers, and how often it was asked."""

    address: str = ""
    content: bytes = b""
    status: int | None = 200
    """None: the connection is closed without an answer."""
    announced: int | None = None
    """The Content-Length that is sent, if it is not the true one."""
    asked: list[str] = field(default_factory=list)

    def remote(self, digest: str | None = None) -> Remote:
        """The file here, known by its digest unless another one is stated."""
        return Remote("cohort.csv", self.address, digest or hashlib.sha256(self.content).hexdigest())


@pytest.fixture
def home() -> Iterator[Home]:
    served = Home()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            if served.status is None:
                return
            self.send_response(served.status)
            self.send_header("Content-Length", str(served.announced or len(served.content)))
            self.end_headers()
            self.wfile.write(served.content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's interface
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        served.address = f"http://127.0.0.1:{server.server_address[1]}/cohort.csv"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield served
        server.shutdown()
        thread.join()


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for downloads; no proxy stands between it and loopback."""
    monkeypatch.setenv("THERAPPORT_DATA", str(tmp_path / "kept"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return tmp_path / "kept"
