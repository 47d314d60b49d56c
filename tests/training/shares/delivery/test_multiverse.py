"""Multiverse: which ways there are, that each is what it says, that a stopped run goes on; and its picture."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from therapport.errors import ConfigurationError
from therapport.predictor.figure import Figure
from training import design as designs
from training.design import Design
from training.shares import coalitions, partition
from training.shares.material import Material, material
from training.shares.multiverse import choices, curve, run, specification, told
from training.shares.multiverse.results import Specification
from training.shares.multiverse.table import MultiverseTable


def with_table(design: Design, **table: object) -> Design:
    multiverse = MultiverseTable.model_validate_json(json.dumps(table))
    return replace(
        design, study=replace(design.study, table=design.study.table.model_copy(update={"multiverse": multiverse}))
    )


def test_ways_are_drafted_from_study_codebook_and_cohort(gap_design: Design) -> None:
    drafted = choices.choices(gap_design)
    assert list(drafted.of["outcome"]) == ["end_score", "reliable_improvement", "recovery", "half_drop"]
    assert list(drafted.of["landmark"]) == ["session3", "intake", "session1"]
    assert list(drafted.of["missing"]) == ["filled_in", "complete", "carried_forward"]
    assert drafted.maps["brought_along"] == {"reactance": "patient"}
    every = drafted.specifications()
    assert len(every) == drafted.possible == 4 * 3 * 2 * 2 * 3
    assert every[0] == drafted.own
    assert len({tuple(one.items()) for one in every}) == len(every)


def test_no_more_ways_than_are_allowed_and_the_own_is_among_them(gap_design: Design) -> None:
    few = choices.choices(with_table(gap_design, most=10))
    assert len(few.specifications()) == 10
    assert few.specifications()[0] == few.own
    assert few.specifications() == few.specifications()
    with pytest.raises(ValueError, match="less than or equal to 200"):
        MultiverseTable(most=201)


def test_the_own_way_is_the_partition_of_the_study(gap_design: Design) -> None:
    drafted = choices.choices(gap_design)
    made = specification.carried_out(drafted, drafted.own, gap_design)
    played = material(gap_design.study, gap_design.targets[1])
    widened = np.ones(4 * 6 + 15 + 1)
    known = partition.partition(coalitions.predict(played, "linear"), "r2", widened=widened, draws=100, seed=1)
    assert made.own
    assert made.total is not None
    assert made.total.value == pytest.approx(known.total.value)
    for name, share in made.families.items():
        assert share.value == pytest.approx(known.families[name].share.value)


def test_each_choice_does_what_it_says(gap_design: Design) -> None:
    drafted = choices.choices(gap_design)
    table, own = gap_design.cohort.table, drafted.own

    def played(**changed: str) -> Material:
        return specification.material(drafted, {**own, **changed}, gap_design)

    as_it_is = played()
    assert (as_it_is.target.rows == gap_design.targets[1].rows).all()
    complete = played(missing="complete")
    assert not np.isnan(complete.target.matrix).any()
    assert len(complete.target.rows) < len(as_it_is.target.rows)
    carried = played(missing="carried_forward")
    # Whose last contact was at the landmark is not predicted, whatever stands in for the outcome.
    assert len(carried.target.rows) == len(table) - gap_design.at_risk.decided.sum()
    lost = table["phq9_end"].isna().to_numpy()[carried.target.rows]
    assert lost.any()
    assert (carried.target.outcome[lost] == table["phq9_intake"].to_numpy()[carried.target.rows][lost]).all()
    moved = played(family_map="brought_along")
    place = moved.target.task.factors.index("reactance")
    assert moved.families[moved.family_of_factor[place]] == "patient"
    assert as_it_is.families[as_it_is.family_of_factor[place]] == "active_role"
    half = played(outcome="half_drop")
    fell = table["phq9_end"].to_numpy(dtype=float, na_value=np.nan) <= table["phq9_intake"].to_numpy() / 2
    assert (half.target.outcome == fell[half.target.rows]).all()
    earlier = designs.read(specification.at(gap_design.study, "intake"))
    at_intake = specification.material(drafted, {**own, "landmark": "intake"}, earlier)
    assert "alliance" not in at_intake.families
    assert "homework_completion" not in at_intake.target.task.factors


def test_raters_take_turns(gap_design: Design) -> None:
    stated = with_table(gap_design, raters={"patient": ["alliance"], "observer": ["competence", "observed_resistance"]})
    drafted = choices.choices(stated)
    assert list(drafted.of["rater"]) == ["all", "patient", "observer"]
    left = specification.material(drafted, {**drafted.own, "rater": "patient"}, stated).target.task.factors
    assert "alliance" in left
    assert not {"competence", "observed_resistance"} & set(left)


def test_a_run_that_was_stopped_goes_on_and_another_study_is_not_taken_for_it(
    gap_design: Design, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stated = with_table(gap_design, outcomes=["end_score"], landmarks=["session3"], models=["linear"])
    drafted = choices.choices(stated)
    kept, steps = tmp_path / "kept.jsonl", []
    whole = run.run(stated, kept, chosen=drafted, done=lambda: steps.append(1))
    assert len(steps) == len(whole.specifications) == 6
    assert whole.failed == 0
    lines = kept.read_text().splitlines()
    kept.write_text("\n".join(lines[:3]) + "\n" + lines[3][:50])  # stopped while writing the fourth
    carried: list[dict[str, str]] = []
    honest = specification.carried_out

    def counted(*arguments: object) -> Specification:
        carried.append(arguments[1])  # type: ignore[arg-type]
        return honest(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(specification, "carried_out", counted)
    again = run.run(stated, kept, chosen=drafted)
    assert len(carried) == 3
    assert again == whole
    other = run.digest(with_table(gap_design, most=100), drafted, drafted.own)
    assert other == run.digest(stated, drafted, drafted.own)  # nothing that shares rest on
    reseeded = replace(stated, study=replace(stated.study, table=stated.study.table.model_copy(update={"seed": 2})))
    assert run.digest(reseeded, drafted, drafted.own) != other
    kept.write_text("hello\nworld\n")
    with pytest.raises(ConfigurationError, match=r"kept.jsonl:1: this is no specification"):
        run.read(kept)


def test_what_cannot_be_carried_out_is_counted_and_says_why(gap_design: Design) -> None:
    table = gap_design.cohort.table.copy()
    table.loc[table.index[20:], "episode_months"] = None
    scarce = replace(gap_design, cohort=replace(gap_design.cohort, table=table))
    drafted = choices.choices(gap_design)
    made = specification.carried_out(drafted, {**drafted.own, "missing": "complete"}, scarce)
    assert made.total is None
    assert "patients are left" in made.lack


def made_up_ways() -> tuple[choices.Choices, list[Specification]]:
    names = {kind: {"x": "the only one"} for kind in choices.KINDS}
    chosen = choices.Choices({**names, "model": {"linear": "linear", "xgboost": "trees"}}, {}, {}, 200, 1)
    shares = {"linear": Figure(value=0.04, low=0.01, high=0.07), "xgboost": Figure(value=0.01, low=-0.02, high=0.04)}
    ways = [
        Specification(choices=one, own=one["model"] == "linear", patients=100, total=Figure(value=0.3),
                      families={"alliance": shares[one["model"]]})
        for one in chosen.specifications()
    ]  # fmt: skip
    return chosen, ways


def test_the_distribution_of_two_ways_by_hand() -> None:
    whole = run.summed_up(*made_up_ways())
    alliance = whole.families["alliance"]
    assert (alliance.median, alliance.low, alliance.high) == pytest.approx((0.025, 0.01, 0.04))
    assert alliance.beyond_zero == 0.5
    assert alliance.hangs_on == "model"
    assert alliance.moves == pytest.approx(0.03)
    said = told.sentence("Alliance", alliance)
    assert "2.5 in the middle, from 1.0 to 4.0; above zero in 50 % of 2 ways to ask" in said
    assert "hangs most on: model (3.0)" in said


def test_the_curve_goes_from_the_smallest_to_the_largest_and_marks_each_choice() -> None:
    whole = run.summed_up(*made_up_ways())
    drawn = curve.curve(whole, "alliance", colour=1, summary="s")
    assert drawn.width == 2
    assert drawn.whiskers.startswith("M1.5 ")  # the larger, whose interval leaves zero out
    assert drawn.faint.startswith("M0.5 ")
    assert drawn.own.startswith("M1.5 ")
    (kind,) = drawn.choices
    assert [(line.label, line.path, line.median) for line in kind.lines] == [
        ("Linear", "M1.5 2V8", "4.0"), ("Trees", "M0.5 2V8", "1.0"),
    ]  # fmt: skip
    heights = [float(dot.split()[1].removesuffix("h.01")) for dot in drawn.dots.split("M")[1:]]
    assert heights[0] > heights[1] > 0
