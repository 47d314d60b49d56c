"""Keys: shown once, kept as hashes, each opening what its scopes say."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serving import app
from serving.api.frame import Frame
from serving.api.served import Loaded, Served
from serving.security import keys
from serving.security.access import Access
from serving.security.keys import KeyRing, Scope
from therapport.errors import ConfigurationError
from therapport.predictor import Predictor

PATIENT = {"patient_id": "a", "phq9_intake": 16}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "keys.json"


def client_of(predictor: Predictor, path: Path) -> TestClient:
    made = app.assemble([Served(Loaded(predictor))], Frame(), Access(KeyRing(path)))
    return TestClient(made, raise_server_exceptions=False)


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def test_what_is_kept_is_not_the_key(path: Path) -> None:
    key = keys.add(path, "clinic", ("score",))
    content = path.read_text()
    assert key not in content
    assert key.split("_", 2)[2] not in content
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    again = keys.add(path, "other", ("score",))
    one, other = KeyRing(path).keys().values()
    assert (one.salt, one.hash) != (other.salt, other.hash)
    holder = KeyRing(path).holder(again)
    assert holder is not None
    assert holder.name == "other"


def test_a_key_that_is_wrong_in_one_digit_or_revoked_is_none(path: Path) -> None:
    key = keys.add(path, "clinic", ("score",))
    ring = KeyRing(path)
    for place in range(len("therapport_"), len(key)):
        wrong = key[:place] + ("A" if key[place] != "A" else "B") + key[place + 1 :]
        assert ring.holder(wrong) is None
    assert ring.holder(key) is not None
    keys.revoke(path, "clinic")
    assert ring.holder(key) is None  # the same ring: a running server notices


def test_names_are_told_apart_and_files_of_others_refused(path: Path) -> None:
    keys.add(path, "clinic", ("score",))
    with pytest.raises(ConfigurationError, match="already"):
        keys.add(path, "clinic", ("admin",))
    with pytest.raises(ConfigurationError, match="no such key"):
        keys.revoke(path, "nobody")
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="0600"):
        KeyRing(path).keys()


ADDRESSES: list[tuple[str, str, Scope | None]] = [
    ("POST", "/v1/predict", "score"),
    ("POST", "/invocations", "score"),
    ("POST", "/v1/explain", "explain"),
    ("POST", "/v1/contest", "explain"),
    ("GET", "/patient", "explain"),
    ("POST", "/patient", "explain"),
    ("GET", "/metrics", "admin"),
    ("GET", "/v1/models/current", None),
    ("GET", "/v1/codebook", None),
    ("GET", "/", None),
    ("GET", "/nowhere", "explain"),
]


@pytest.mark.parametrize(("method", "address", "needed"), ADDRESSES, ids=str)
def test_no_key_is_401_and_one_without_the_scope_403(
    path: Path, both: Predictor, method: str, address: str, needed: Scope | None
) -> None:
    made = {scope: keys.add(path, scope, (scope,)) for scope in keys.SCOPES}
    client = client_of(both, path)
    for prefix in ("", f"/{both.name}") if address != "/" else ("",):
        where = f"{prefix}{address}"
        unknown = client.request(method, where, headers=bearer("therapport_00000000_" + "A" * 43))
        for refused in (client.request(method, where), unknown):
            assert refused.status_code == 401
            # A line each: Chromium knows only the first challenge of a line, and has to find Basic.
            lines = refused.headers.get_list("www-authenticate", split_commas=False)
            assert [one.partition(" ")[0] for one in lines] == ["Basic", "Bearer"]
            assert refused.headers["content-type"] == "application/problem+json"
        for scope, key in made.items():
            got = client.request(method, where, headers=bearer(key))
            assert (got.status_code == 403) == (needed is not None and scope != needed), scope
            assert key not in got.text


def test_whoever_watches_the_server_needs_no_key(path: Path, both: Predictor) -> None:
    keys.add(path, "clinic", ("score",))
    client = client_of(both, path)
    for address in ("/livez", "/readyz", "/ping", "/health", "/openapi.json", "/docs"):
        assert client.get(address).status_code == 200, address


def test_a_browser_gives_the_key_as_a_password(path: Path, both: Predictor) -> None:
    key = keys.add(path, "clinician", ("explain",))
    client = client_of(both, path)
    shown = base64.b64encode(f"anybody:{key}".encode()).decode()
    assert client.get("/patient", headers={"authorization": f"Basic {shown}"}).status_code == 200
    for wrong in ("Basic ???", "Basic", f"Basic {key}", "Digest x", "Bearer", "Bearer \xff"):
        assert client.get("/patient", headers=[(b"authorization", wrong.encode("latin-1"))]).status_code == 401


def test_without_keys_only_loopback_names_are_answered(both: Predictor) -> None:
    made = app.assemble([Served(Loaded(both))], Frame(), Access(hosts=frozenset({"127.0.0.1", "[::1]"})))
    client = TestClient(made, raise_server_exceptions=False)
    for host, status in (("127.0.0.1:8000", 200), ("[::1]:80", 200), ("evil.example", 403), ("127.0.0.1.evil", 403)):
        assert client.get("/livez", headers={"host": host}).status_code == status


def test_a_page_of_another_site_may_not_post(both: Predictor) -> None:
    client = TestClient(app.create([both]), raise_server_exceptions=False)
    for site, status in (("cross-site", 403), ("same-origin", 200)):
        answer = client.post("/v1/predict", json={"patients": [PATIENT]}, headers={"sec-fetch-site": site})
        assert answer.status_code == status


def test_the_description_asks_for_keys_where_there_are_any(path: Path, both: Predictor) -> None:
    keys.add(path, "clinic", ("score",))
    assert client_of(both, path).get("/openapi.json").json()["security"] == [{"key": []}]
    assert "security" not in TestClient(app.create([replace(both)])).get("/openapi.json").json()


def test_the_first_key_that_is_added_is_asked_for_at_once_and_the_last_one_opens_nothing(
    path: Path, both: Predictor
) -> None:
    access = Access(KeyRing(path), frozenset({"testserver"}))
    client = TestClient(app.assemble([Served(Loaded(both))], Frame(), access), raise_server_exceptions=False)
    assert client.get("/v1/codebook").status_code == 200
    assert client.get("/v1/codebook", headers={"host": "evil.example"}).status_code == 403
    assert "security" not in client.get("/openapi.json").json()
    key = keys.add(path, "clinic", ("score",))
    assert client.get("/v1/codebook").status_code == 401
    assert client.get("/v1/codebook", headers=bearer(key)).status_code == 200
    assert client.get("/v1/codebook", headers={**bearer(key), "host": "clinic.example"}).status_code == 200
    assert client.get("/openapi.json").json()["security"] == [{"key": []}]
    keys.revoke(path, "clinic")
    assert client.get("/v1/codebook", headers=bearer(key)).status_code == 401
    # A server that starts now asks, too: keys were wanted here.
    assert client_of(both, path).get("/v1/codebook").status_code == 401
    path.unlink()
    assert client.get("/v1/codebook").status_code == 401


def test_a_file_that_is_damaged_or_out_of_reach_lets_nobody_in(path: Path, both: Predictor) -> None:
    key = keys.add(path, "clinic", ("score",))
    client = client_of(both, path)
    path.write_text("{}")
    assert client.get("/v1/codebook", headers=bearer(key)).status_code == 503
    assert client.get("/v1/codebook").status_code == 401
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("no folder any more")
    assert client.get("/v1/codebook", headers=bearer(key)).status_code in (401, 503)


def test_where_others_can_reach_the_server_keys_are_asked_for_without_a_file(path: Path, both: Predictor) -> None:
    made = app.assemble([Served(Loaded(both))], Frame(), Access(KeyRing(path, always=True)))
    assert TestClient(made).get("/v1/codebook").status_code == 401
