"""Keys that are added and revoked while several workers answer, by the commands of a user."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from serving.security import keys
from tests.serving.live.served import Running, running, until
from tests.serving.live.test_server import model

__all__ = ["model"]
COMMAND = Path(sys.executable).parent / "therapport"
SECONDS = 1.0


def status(server: Running, key: str = "") -> int:
    """Of a request over a connection of its own, so that any worker may answer."""
    headers = {"authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(f"{server.address}/v1/codebook", headers=headers)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def everywhere(server: Running, expected: int, key: str = "") -> None:
    """In every worker a second after the command at the latest; from then on always."""
    time.sleep(SECONDS)
    assert {status(server, key) for _ in range(12)} == {expected}


def command(*arguments: object) -> str:
    done = subprocess.run([str(COMMAND), *map(str, arguments)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_added_and_revoked_keys_are_noticed_by_all_workers(model: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with running(model, "--workers", 2, "--state", state, "--watch", 0) as server:
        until(lambda: len(server.children()) == 2)
        assert {status(server) for _ in range(12)} == {200}
        first = command("keys", "add", "first", "--scope", "score", "--state", state)
        everywhere(server, 401)
        everywhere(server, 200, first)
        second = keys.add(state / "keys.json", "second", ("score",))
        keys.revoke(state / "keys.json", "first")
        everywhere(server, 401, first)
        everywhere(server, 200, second)
        command("keys", "revoke", "second", "--state", state)
        everywhere(server, 401)
