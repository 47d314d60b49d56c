"""A real server as a process group of its own, on a free port."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PATIENT = {"patient_id": "Zebrowski", "phq9_intake": 16, "alliance": 3.9}
WAIT = 90


@dataclass
class Running:
    process: "subprocess.Popen[str]"
    address: str
    workers: set[int] = field(default_factory=set)

    def ask(self, path: str, body: object = None) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{self.address}{path}", data=data, headers=headers)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback
            return bytes(answer.read())

    def version(self) -> str:
        answer = json.loads(self.ask("/v1/predict", {"patients": [PATIENT]}))
        return str(answer["answers"][0]["model_version"])

    def children(self) -> list[int]:
        """The workers: processes of the group that answer, not what keeps them."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                fields = (path / "stat").read_text().rpartition(")")[2].split()
                is_worker = b"spawn_main" in (path / "cmdline").read_bytes()
                if is_worker and int(fields[1]) == self.process.pid:
                    found.append(int(path.name))
        return found

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=WAIT)


@contextlib.contextmanager
def running(*arguments: object) -> Iterator[Running]:
    command = [str(Path(sys.executable).parent / "therapport"), "serve", *map(str, arguments), "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            said = ""
            while (found := re.search(r"API: (http://[^/]+)/", said)) is None:
                line = process.stdout.readline()
                assert line, said
                said += line
            server = Running(process, found[1])
            threading.Thread(target=process.stdout.read, daemon=True).start()
            until(lambda: server.ask("/readyz"))
            yield server
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def until(happens: object) -> None:
    """Wait until a call neither raises nor gives False."""
    deadline = time.monotonic() + WAIT
    while True:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError, OSError):
            if callable(happens) and happens() is not False:
                return
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


class Load:
    """Clients that ask for predictions until they are stopped, and count what they got."""

    def __init__(self, server: Running, clients: int = 4) -> None:
        self.server = server
        self.answered, self.dropped, self.halves = 0, 0, 0
        self.versions: set[str] = set()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(clients)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=WAIT)

    def _ask(self) -> None:
        while not self._stop.is_set():
            try:
                content = self.server.ask("/v1/predict", {"patients": [PATIENT]})
            except (OSError, TimeoutError):  # refused, or cut off before or within the answer
                with self._lock:
                    self.dropped += 1
                time.sleep(0.01)
                continue
            except Exception:  # noqa: BLE001 - half an answer is told by the client in several ways
                with self._lock:
                    self.dropped += 1
                continue
            with self._lock:
                try:
                    self.versions.add(json.loads(content)["answers"][0]["model_version"])
                    self.answered += 1
                except ValueError:
                    self.halves += 1
