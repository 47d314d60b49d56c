"""One patient in full: every part agrees with the answer, and with the library asked another way."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from serving import app
from serving.api.what_if import plausible
from therapport.predictor import Predictor, answer_columns, answer_rows, prototypes

EXACT = 1e-9


def asked(predictor: Predictor, **changed: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """A prototype as it is sent, and what comes back."""
    table = prototypes(predictor).table
    row = dict(json.loads(table.to_json(orient="records"))[0])
    for name in predictor.factors:
        if predictor.codebook.factors[name].kind == "boolean" and row[name] is not None:
            row[name] = bool(row[name])
    row |= changed
    answered = TestClient(app.create([predictor])).post("/v1/explain", json={"patient": row})
    assert answered.status_code == 200, answered.text
    return row, answered.json()


def test_the_answer_is_that_of_predict(predictor: Predictor) -> None:
    row, full = asked(predictor)
    client = TestClient(app.create([predictor]))
    (answer,) = client.post("/v1/predict", json={"patients": [row]}).json()["answers"]
    assert full["answer"] == answer
    assert tuple(answer) == answer_columns(predictor)


def test_families_add_up_and_hold_their_factors(predictor: Predictor) -> None:
    _, full = asked(predictor)
    parts = {"response": predictor.response, "end_score": predictor.end_score}
    for name, model in parts.items():
        outcome = full[name]
        assert (outcome is None) == (model is None)
        if outcome is None or model is None:
            continue
        total = outcome["reference"] + sum(one["contribution"] for one in outcome["families"])
        assert total == pytest.approx(outcome["value"], abs=EXACT)
        assert {one["family"]: tuple(f["factor"] for f in one["factors"]) for one in outcome["families"]} == dict(
            predictor.families
        )
        matrix = predictor.matrix(prototypes(predictor).table)[:1]
        own = model.factors.explain(matrix).contributions[0]
        shown = [factor["contribution"] for one in outcome["families"] for factor in one["factors"]]
        order = [predictor.factors.index(f["factor"]) for one in outcome["families"] for f in one["factors"]]
        assert shown == pytest.approx(own[order].tolist(), abs=EXACT)


def test_pairs_are_whole_interactions(interacting: Predictor) -> None:
    _, full = asked(interacting)
    matrix = interacting.matrix(prototypes(interacting).table)[:1]
    names = list(interacting.families)
    for name, model in (("response", interacting.response), ("end_score", interacting.end_score)):
        assert model is not None
        matrices = model.families.interactions(matrix)[1][0]
        pairs = full[name]["interactions"]
        assert len(pairs) == len(names) * (len(names) - 1) // 2
        for pair in pairs:
            one, other = (names.index(family) for family in pair["families"])
            whole = matrices[one, other] + matrices[other, one]
            assert pair["interaction"] == pytest.approx(whole, abs=EXACT)
            assert pair["low"] <= pair["interaction"] <= pair["high"]
        assert any(abs(pair["interaction"]) > 0.01 for pair in pairs)


def test_what_if_is_the_prediction_for_the_changed_row(both: Predictor) -> None:
    row, full = asked(both)
    modifiable = {name for name in both.factors if both.codebook.factors[name].modifiable}
    assert {one["factor"] for one in full["what_if"]} == modifiable
    client = TestClient(app.create([both]))
    for one in full["what_if"]:
        known = both.profile[one["factor"]]
        for change in one["changes"]:
            sent = {**row, one["factor"]: change["value"]}
            (answer,) = client.post("/v1/predict", json={"patients": [sent]}).json()["answers"]
            assert change["response_probability"] == pytest.approx(answer["response_probability"], abs=EXACT)
            assert change["end_score"] == pytest.approx(answer["end_score"], abs=EXACT)
            if isinstance(change["value"], float) and known.usual_low is not None and known.usual_high is not None:
                assert known.usual_low <= change["value"] <= known.usual_high


def test_what_is_missing_comes_with_what_it_could_change(both: Predictor) -> None:
    _, full = asked(both, alliance=None, delivery_mode=None)
    missing = {one["factor"]: one for one in full["missing"]}
    assert set(missing) == {"alliance", "delivery_mode"}
    values = plausible(both.codebook.factors["alliance"], both.profile["alliance"])
    matrix = np.repeat(both.matrix(prototypes(both).table)[:1], len(values), axis=0)
    matrix[:, both.factors.index("delivery_mode")] = np.nan
    matrix[:, both.factors.index("alliance")] = values
    found = [row["response_probability"] for row in answer_rows(both, [""] * len(values), matrix)]
    span = missing["alliance"]["response_probability"]
    assert (span["lowest"], span["highest"]) == pytest.approx((min(found), max(found)), abs=EXACT)  # type: ignore[type-var]


def test_an_abstention_has_no_parts(both: Predictor) -> None:
    _, full = asked(both, phq9_intake=None)
    assert full["response"] is full["end_score"] is None
    assert full["what_if"] == []
    (one,) = full["missing"]
    assert (one["factor"], one["required"], one["response_probability"]) == ("phq9_intake", True, None)
    assert all(value is None for name, value in full["answer"].items() if "probability" in name)


def test_how_much_is_explained_can_be_chosen(both: Predictor) -> None:
    client = TestClient(app.create([both]))
    row, _ = asked(both)

    def answer(query: str) -> dict[str, object]:
        (found,) = client.post(f"/v1/predict{query}", json={"patients": [row]}).json()["answers"]
        return dict(found)

    family, nothing, factor = answer(""), answer("?explain=none"), answer("?explain=factor&top=3")
    assert answer("?explain=family") == family
    assert nothing == {name: family[name] for name in nothing}
    parts = ("contribution_", "log_odds_", "score_contribution_")
    own = {f"{part}{one}{end}" for part in parts for one in both.families for end in ("", "_low", "_high")}
    assert set(family) - set(nothing) == own & set(family)
    factors = factor.pop("factors")
    assert factor == family
    assert isinstance(factors, list)
    assert both.response is not None
    each = both.response.factors.explain(both.matrix(prototypes(both).table)[:1]).contributions[0]
    largest = sorted(np.abs(each).tolist(), reverse=True)[:3]
    assert [abs(one["log_odds"]) for one in factors] == pytest.approx(largest, abs=EXACT)


def test_a_model_without_refits_has_no_intervals(both: Predictor) -> None:
    assert both.response is not None
    without = replace(both, response=replace(both.response, refits=None))
    _, full = asked(without)
    assert full["response"]["low"] is None
    assert all(one["could_be_zero"] is None for one in full["response"]["families"])
