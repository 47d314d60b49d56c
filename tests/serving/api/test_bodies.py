"""Bodies of every kind give the answers of the predictor, and those of no kind a refusal that quotes nothing."""

import io
import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from serving import app
from serving.api.bodies import ARROW, CSV, PARQUET, Limits
from serving.api.frame import Frame
from serving.api.problems import Refusal
from serving.api.reader import Reader
from serving.api.served import Loaded, Served
from serving.security.access import Access
from therapport.predictor import Predictor, answer_columns, made_up

CANARY = "Zebrowski"
PATIENTS = 12


@pytest.fixture(scope="module")
def client(both: Predictor) -> TestClient:
    return TestClient(app.create([both]), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def table(both: Predictor) -> pd.DataFrame:
    return made_up(both, patients=PATIENTS, seed=4).table


@pytest.fixture(scope="module")
def expected(both: Predictor, table: pd.DataFrame) -> list[dict[str, object]]:
    found = both.predict(table).astype(object)
    return found.where(found.notna(), None).to_dict(orient="records")  # type: ignore[return-value]


def stream(table: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return sink.getvalue()


def parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


@pytest.mark.parametrize(("kind", "write"), [(ARROW, stream), (PARQUET, parquet)])
def test_tables_are_answered_like_records(
    client: TestClient, table: pd.DataFrame, expected: object, kind: str, write: Callable[[pa.Table], bytes]
) -> None:
    body = write(pa.Table.from_pandas(table, preserve_index=False))
    answered = client.post("/v1/predict", content=body, headers={"content-type": kind})
    assert answered.status_code == 200
    assert answered.json()["answers"] == expected


def test_an_arrow_stream_comes_back_where_one_is_asked_for(
    client: TestClient, both: Predictor, table: pd.DataFrame, expected: list[dict[str, object]]
) -> None:
    body = stream(pa.Table.from_pandas(table, preserve_index=False))
    answered = client.post("/v1/predict", content=body, headers={"content-type": ARROW, "accept": ARROW})
    assert answered.headers["content-type"] == ARROW
    with pa.ipc.open_stream(answered.content) as reader:
        got = reader.read_all()
    assert tuple(got.column_names) == answer_columns(both)
    assert got.to_pylist() == expected


def mlflow_bodies(table: pd.DataFrame) -> dict[str, tuple[str, bytes]]:
    split = json.loads(table.to_json(orient="split"))
    records = json.loads(table.to_json(orient="records"))
    columns = {name: [row[name] for row in records] for name in table.columns}
    forms = {"dataframe_split": split, "dataframe_records": records, "inputs": columns, "instances": records}
    made = {name: ("application/json", json.dumps({name: form}).encode()) for name, form in forms.items()}
    made["csv"] = (CSV, table.to_csv(index=False).encode())
    made["parquet"] = (PARQUET, parquet(pa.Table.from_pandas(table, preserve_index=False)))
    return made


@pytest.mark.parametrize("form", ["dataframe_split", "dataframe_records", "inputs", "instances", "csv", "parquet"])
def test_the_protocol_of_mlflow_is_understood(
    client: TestClient, table: pd.DataFrame, expected: list[dict[str, object]], form: str
) -> None:
    kind, body = mlflow_bodies(table)[form]
    answered = client.post("/invocations", content=body, headers={"content-type": kind})
    assert answered.status_code == 200, answered.text
    for row, wanted in zip(answered.json()["predictions"], expected, strict=True):
        for column, value in wanted.items():
            # pandas writes ten digits into JSON.
            close = value if not isinstance(value, float) else pytest.approx(value, abs=1e-8)
            assert row[column] == close, column


def bomb() -> bytes:
    zeros = pa.table({"patient_id": pa.array(["a"]), "alliance": pa.array([3.0])})
    return stream(zeros, compression="zstd")


BAD = [
    ("/v1/predict", ARROW, b"", 422),
    ("/v1/predict", ARROW, b"\xff\xff\xff\xff" + b"\x00" * 60, 422),
    ("/v1/predict", ARROW, CANARY.encode() * 50, 422),
    ("/v1/predict", ARROW, bomb(), 422),
    ("/v1/predict", PARQUET, b"PAR1" + CANARY.encode() + b"PAR1", 422),
    ("/v1/predict", PARQUET, parquet(pa.table({CANARY: [1]})), 422),
    ("/v1/predict", PARQUET, parquet(pa.table({"patient_id": [CANARY, CANARY], "alliance": [3.0, 99.0]})), 422),
    ("/v1/predict", PARQUET, parquet(pa.table({"patient_id": pa.array([], pa.string())})), 422),
    ("/v1/predict", CSV, b"patient_id\na\n", 415),
    ("/v1/predict", "text/plain", b"{}", 415),
    ("/v1/explain", ARROW, b"", 415),
    ("/v1/explain", "application/json", b'{"patient": {"patient_id": "Zebrowski", "alliance": 99}}', 422),
    ("/invocations", CSV, b"", 422),
    ("/invocations", CSV, b'patient_id,alliance\n"Zebrowski', 422),
    ("/invocations", CSV, b"patient_id,Zebrowski\na,1\n", 422),
    ("/invocations", CSV, b"\xff\xfe\x00", 422),
    ("/invocations", "application/json", b'{"dataframe_records": [], "inputs": []}', 422),
    ("/invocations", "application/json", b'{"instances": [1, 2]}', 422),
    ("/invocations", "application/json", b'{"instances": [{"patient_id": {"Zebrowski": 1}}]}', 422),
    ("/invocations", "application/json", b'{"dataframe_split": {"columns": ["a"], "data": [[1, 2]]}}', 422),
    ("/invocations", "application/json", b'{"inputs": {"patient_id": ["a", "Zebrowski"], "alliance": [3.0]}}', 422),
    ("/invocations", "application/json", b'{"inputs": {"patient_id": ["a"], "alliance": ["Zebrowski"]}}', 422),
    ("/invocations", "application/json", b'{"inputs": 3}', 422),
    ("/invocations", "application/json", b"[" * 100_000, 422),
    ("/v1/contest", "application/json", b'{"patient_id": "Zebrowski", "about": "Zebrowski", "said": "x"}', 422),
    ("/v1/contest", "application/json", b'{"patient_id": "Zebrowski", "about": "prediction", "said": "x"}', 409),
    ("/v1/predict?explain=Zebrowski", "application/json", b'{"patients": [{"patient_id": "a"}]}', 422),
    ("/v1/predict?explain=factor&top=0", "application/json", b'{"patients": [{"patient_id": "a"}]}', 422),
    (f"/v1/predict?top=000000999{'1' * 5000}", "application/json", b'{"patients": [{"patient_id": "a"}]}', 422),
]  # fmt: skip


@pytest.mark.parametrize(("address", "kind", "body", "status"), BAD, ids=range(len(BAD)))
def test_what_cannot_be_read_is_a_problem_that_quotes_nothing(
    client: TestClient, caplog: pytest.LogCaptureFixture, *, address: str, kind: str, body: bytes, status: int
) -> None:
    refused = client.post(address, content=body, headers={"content-type": kind})
    assert refused.status_code == status, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert CANARY not in refused.text + caplog.text


def test_a_number_of_hundreds_of_digits_is_refused_where_codes_mean_missing(both: Predictor) -> None:
    factors = both.codebook.factors
    coded = factors["phq9_intake"].model_copy(update={"missing_codes": (999,)})
    codebook = both.codebook.model_copy(update={"factors": {**factors, "phq9_intake": coded}})
    reader = Reader(replace(both, codebook=codebook))
    body = '{"patients": [{"patient_id": "a", "phq9_intake": %s}]}'
    assert np.isnan(reader.several((body % "999").encode()).matrix).all()
    with pytest.raises(Refusal) as refused:
        reader.several((body % ("1" * 400)).encode())
    assert refused.value.errors == ({"row": 1, "column": "phq9_intake", "problem": "must be a number"},)


def test_a_disagreement_that_is_too_long_is_told_how_long_it_may_be(client: TestClient) -> None:
    said = {"patient_id": "a", "about": "prediction", "said": "x" * 2001}
    (error,) = client.post("/v1/contest", json=said).json()["errors"]
    assert error == {"column": "said", "problem": "must have at most 2,000 characters"}


def test_too_much_is_413_before_it_is_read(both: Predictor) -> None:
    limits = Limits(body_bytes=1 << 20, rows=3)
    client = TestClient(app.assemble([Served(Loaded(both))], Frame(limits), Access()), raise_server_exceptions=False)
    large = b" " * ((1 << 20) + 1)
    for address in ("/v1/predict", "/v1/explain", "/invocations"):
        assert client.post(address, content=large, headers={"content-type": "application/json"}).status_code == 413
        parts = (large[start : start + 1000] for start in range(0, len(large), 1000))  # without a stated length
        assert client.post(address, content=parts, headers={"content-type": "application/json"}).status_code == 413
    four = [{"patient_id": str(number)} for number in range(4)]
    assert client.post("/v1/predict", json={"patients": four}).status_code == 413
    assert client.post("/v1/predict", json={"patients": four[:3]}).status_code == 200
    for kind, body in mlflow_bodies(pd.DataFrame(four)).values():
        assert client.post("/invocations", content=body, headers={"content-type": kind}).status_code == 413
    packed = client.post("/v1/predict", json={"patients": four[:1]}, headers={"content-encoding": "gzip"})
    assert packed.status_code == 415


@pytest.mark.parametrize("use_dictionary", [True, False])
def test_a_parquet_file_that_unpacks_to_too_much_is_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, use_dictionary: bool
) -> None:
    monkeypatch.setattr("serving.api.arrow_body.MOST_UNPACKED", 1 << 20)
    # Few bytes on the way, many in memory: one long text, repeated.
    rows = pa.table({"patient_id": [str(number) for number in range(200)], "delivery_mode": ["x" * 60_000] * 200})
    body = io.BytesIO()
    pq.write_table(rows, body, use_dictionary=use_dictionary, compression="zstd")
    assert len(body.getvalue()) < 1 << 17
    refused = client.post("/v1/predict", content=body.getvalue(), headers={"content-type": PARQUET})
    assert refused.status_code == 413


def test_nan_never_reaches_json(client: TestClient) -> None:
    text = client.post("/v1/predict", json={"patients": [{"patient_id": "a"}]}).text
    row = json.loads(text, parse_constant=pytest.fail)["answers"][0]
    assert row["response_probability"] is None
