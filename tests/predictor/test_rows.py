"""The path of one patient and the path of a cohort give the same bits, and refuse the same values."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serving.api.problems import Refusal
from serving.api.reader import Reader
from therapport.errors import CohortError
from therapport.explanation.together import FEW as ALONE
from therapport.predictor import Predictor, answer_columns, answer_rows, made_up

FEW = 40


def same(value: object, wanted: object) -> bool:
    if value is None:
        return isinstance(wanted, float) and math.isnan(wanted)
    return value == wanted


def test_rows_are_those_of_the_table_to_the_last_bit(predictor: Predictor) -> None:
    cohort = made_up(predictor, patients=FEW, seed=5)
    matrix, ids = predictor.matrix(cohort.table), cohort.table[predictor.codebook.id].tolist()
    for start, size in ((0, 1), (1, 1), (2, 3), (5, 4), (9, 31)):
        part = slice(start, start + size)
        rows = answer_rows(predictor, ids[part], matrix[part])
        table = predictor.predict(cohort.table.iloc[part])
        assert [tuple(row) for row in rows] == [answer_columns(predictor)] * size
        for row, (_, wanted) in zip(rows, table.iterrows(), strict=True):
            assert all(same(row[column], wanted[column]) for column in row), row


def test_a_patient_alone_gets_the_bits_that_he_gets_among_others(
    predictor: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = [one for one in (predictor.response, predictor.end_score) if one is not None and one.refits is not None]
    matrix = predictor.matrix(made_up(predictor, patients=FEW, seed=6).table)
    parts = [slice(row, row + 1) for row in range(FEW)] + [slice(0, size) for size in (2, 7, ALONE)]
    few = [[one.explain(matrix[part], refitted=True) for part in parts] for one in models]
    monkeypatch.setattr("therapport.predictor.model.FEW", 0)
    for one, each in zip(models, few, strict=True):
        for part, (explanation, margin) in zip(parts, each, strict=True):
            general, margin_of_loops = one.explain(matrix[part], refitted=True)
            assert margin is not None
            assert margin_of_loops is not None
            assert np.array_equal(explanation.reference, general.reference)
            assert np.array_equal(explanation.contributions, general.contributions)
            assert np.array_equal(margin.total, margin_of_loops.total)
            assert np.array_equal(margin.contributions, margin_of_loops.contributions)


def values(predictor: Predictor, name: str) -> st.SearchStrategy[object]:
    """Of a factor: fitting, missing, and a little or far beside what fits."""
    factor = predictor.codebook.factors[name]
    if factor.kind == "category":
        return st.sampled_from([*factor.levels, None, "elsewhere"])
    if factor.kind == "boolean":
        return st.sampled_from([True, False, None])
    low, high = factor.range or (0.0, 1.0)
    edges = [low, high, np.nextafter(low, -np.inf), np.nextafter(high, np.inf), -1e9, 1e300, (low + high) / 2, None]
    numbers = st.sampled_from([float(edge) if edge is not None else None for edge in edges])
    return numbers | st.integers(math.ceil(low), math.floor(high)) | st.floats(low, high)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_both_paths_answer_alike_or_refuse_the_same_columns(predictor: Predictor, data: st.DataObject) -> None:
    reader, codebook = Reader(predictor), predictor.codebook
    row: dict[str, object] = {codebook.id: "p1"}
    row |= {name: data.draw(values(predictor, name), label=name) for name in predictor.factors}
    frame = pd.DataFrame({name: pd.Series([value], dtype=object) for name, value in row.items()})
    try:
        patients = reader.several(json.dumps({"patients": [row]}).encode())
    except Refusal as refusal:
        refused = {error["column"] for error in refusal.errors if error["row"] == 1}
        with pytest.raises(CohortError) as found:
            predictor.predict(frame)
        assert {problem.split(":")[0] for problem in found.value.problems} == refused
    else:
        (answered,) = answer_rows(predictor, patients.ids, patients.matrix)
        wanted = predictor.predict(frame).iloc[0]
        assert all(same(answered[column], wanted[column]) for column in answered)


def test_an_id_that_comes_twice_is_refused_on_both_paths(predictor: Predictor) -> None:
    rows = [{predictor.codebook.id: name} for name in ("a", "b", "a")]
    with pytest.raises(Refusal) as refused:
        Reader(predictor).several(json.dumps({"patients": rows}).encode())
    assert [(error["row"], error["column"]) for error in refused.value.errors] == [(3, predictor.codebook.id)]
    with pytest.raises(CohortError):
        predictor.predict(pd.DataFrame(rows), allow_absent=True)


def test_codes_for_missing_values_are_missing_on_both_paths(predictor: Predictor) -> None:
    from dataclasses import replace

    name = next(one for one in predictor.factors if predictor.codebook.factors[one].kind == "number")
    factor = predictor.codebook.factors[name].model_copy(update={"missing_codes": (999, "unknown")})
    factors = {**predictor.codebook.factors, name: factor}
    with_codes = replace(predictor, codebook=predictor.codebook.model_copy(update={"factors": factors}))
    for code in (999, 999.0, "999", "unknown"):
        row = {with_codes.codebook.id: "a", name: code}
        read = Reader(with_codes).several(json.dumps({"patients": [row]}).encode())
        (answered,) = answer_rows(with_codes, read.ids, read.matrix)
        assert name in str(answered["missing"]).split(", ")
        frame = pd.DataFrame({column: pd.Series([value], dtype=object) for column, value in row.items()})
        assert name in with_codes.predict(frame, allow_absent=True).iloc[0]["missing"].split(", ")
