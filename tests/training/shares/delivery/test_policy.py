"""Policy view: g-computation against hand arithmetic and the simulator's truth, positivity, mixes."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.shares.delivery.conftest import written
from training import design as designs
from training import study as studies
from training.design import Design
from training.shares.policy import found, shifts, support
from training.shares.policy.results import Policy
from training.shares.policy.standardised import Treated, average
from training.shares.policy.table import PolicyTable, Shift


def made(design: Design, monkeypatch: pytest.MonkeyPatch, *, draws: int = 20, **table: object) -> Policy:
    monkeypatch.setattr(found, "DRAWS", draws)
    policy = PolicyTable.model_validate_json(json.dumps(table))
    study = replace(design.study, table=design.study.table.model_copy(update={"policy": policy}))
    result = found.found(replace(design, study=study), {"binary": "Improved"}, done=lambda: None)
    assert result is not None
    return result


def test_a_standardised_mean_is_that_of_the_strata_by_hand() -> None:
    """One yes-or-no factor: the mean under a kind is that of each stratum under it, weighted by all patients."""
    generator = np.random.default_rng(2)
    ill = generator.random(4000) < 0.3
    kind = (generator.random(4000) < np.where(ill, 0.8, 0.3)).astype(int)
    outcome = 10 + 4 * ill - 2 * kind + 1.5 * ill * kind + generator.standard_normal(4000)
    mix = ((ill - ill.mean()) / ill.std())[:, np.newaxis]
    treated = Treated(mix, kind, np.zeros(4000, dtype=np.int64), 2, has_short=False)
    predicted = treated.predicted(np.arange(4000), outcome, binary=False)
    for one in (0, 1):
        by_hand = sum(outcome[(ill == yes) & (kind == one)].mean() * (ill == yes).mean() for yes in (False, True))
        everyone = shifts.weights(Shift(name="x", mix={str(one): 1.0}), ["0", "1"], treated.own())
        assert average(predicted, everyone) == pytest.approx(by_hand, abs=0.02)
    crude = outcome[kind == 1].mean() - outcome[kind == 0].mean()
    assert crude > 0 > average(predicted[:, 1:] - predicted[:, :1], np.ones((4000, 1, 2)) * [1, 0])


def test_a_mix_keeps_what_it_does_not_name() -> None:
    own = np.zeros((3, 2, 2))
    own[[0, 1, 2], [0, 0, 1], [1, 0, 0]] = 1.0
    assert shifts.weights(None, ["a", "b"], own) is own
    short = shifts.weights(Shift(name="x", short=1.0), ["a", "b"], own)
    assert short[:, :, 1].tolist() == [[1, 0], [1, 0], [0, 1]]
    mixed = shifts.weights(Shift(name="x", mix={"b": 0.25, "a": 0.75}), ["a", "b"], own)
    assert mixed[0].tolist() == [[0, 0.75], [0, 0.25]]
    assert mixed.sum(axis=(1, 2)) == pytest.approx(1)


def test_drafted_mixes_add_up_and_take_from_the_others_in_proportion() -> None:
    drafted = shifts.drafted({"a": "A", "b": "B", "c": "C"}, {"a": 0.5, "b": 0.4, "c": 0.1}, has_short=True)
    assert [one.name for one in drafted[-2:]] == ["All treatments short", "No treatment short"]
    for one in drafted[:-2]:
        assert sum(one.mix.values()) == pytest.approx(1)
    assert drafted[0].mix == pytest.approx({"a": 0.7, "b": 0.24, "c": 0.06})


def test_patients_who_hardly_ever_get_a_kind_are_counted() -> None:
    generator = np.random.default_rng(4)
    mix = np.column_stack([np.repeat([-1.0, 1.0], 1000), generator.standard_normal(2000)])
    kind = np.where(mix[:, 0] < 0, 0, generator.integers(0, 2, 2000))  # the first half never gets kind 1
    probability = support.probabilities(mix, kind, 2)
    assert support.beyond(probability).tolist() == pytest.approx([0.0, 0.5])
    assert probability.sum(axis=1) == pytest.approx(1)


def test_a_short_treatment_ends_worse_by_as_much_as_was_put_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = written(
        tmp_path, scenario="published", patients=3000, therapists=60, missing=0,
        parameters={"short_treatments": 0.4, "short_effect": 2.0, "floors_and_ceilings": False},
    )  # fmt: skip
    policy = made(designs.read(studies.read(study)), monkeypatch, draws=10)
    by_name = {one.name: one for one in policy.shifts}
    short, longer = (by_name[name].end_score for name in ("All treatments short", "No treatment short"))
    assert short is not None
    assert longer is not None
    assert short.value - longer.value == pytest.approx(2.0, abs=0.5)
    change = by_name["All treatments short"].response_change
    assert change is not None
    assert change.high is not None
    assert change.high < 0


def test_as_it_was_is_what_was_seen_and_figures_are_quotients(
    gap_design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    prices = {"guided": 40.0, "unguided": 10.0}
    policy = made(gap_design, monkeypatch, price=100.0, prices=prices, currency="euro")
    first, table = policy.shifts[0], gap_design.cohort.table
    assert first.sessions is not None
    assert first.response is not None
    assert first.sessions_per_response is not None
    assert first.cost_per_response is not None
    assert first.sessions.value == pytest.approx(table["sessions_attended"].mean(), abs=0.01)
    assert first.sessions_per_response.value == pytest.approx(first.sessions.value / first.response.value)
    price = table["delivery_mode"].map(prices).fillna(100.0)
    cost = (table["sessions_attended"] * price).mean() / first.response.value
    assert first.cost_per_response.value == pytest.approx(cost, rel=0.02)
    assert first.response_if_lost_failed is not None
    assert first.response_if_lost_failed.value < first.response.value
    assert first.response_change is None
    assert all(one.response is not None and one.response.low is not None for one in policy.shifts)


def test_a_mix_that_is_stated_is_the_one_that_is_shown_and_extrapolation_is_warned_of(
    gap_design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = gap_design.cohort.table.copy()
    severe = table["phq9_intake"] >= table["phq9_intake"].median()
    table.loc[severe & (table["delivery_mode"] == "unguided"), "delivery_mode"] = "guided"
    never = replace(gap_design, cohort=replace(gap_design.cohort, table=table))
    shift = {"name": "Nobody guided", "mix": {"unguided": 1.0}}
    policy = made(never, monkeypatch, draws=5, shifts=[shift])
    assert [one.name for one in policy.shifts] == ["As it was", "Nobody guided"]
    assert policy.shifts[1].mix["Unguided"] == 1.0
    assert policy.shifts[1].extrapolates
    assert policy.shifts[1].beyond_kind == "Unguided"
    assert not policy.shifts[0].extrapolates
