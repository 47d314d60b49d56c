"""Across delivery: who was treated how, whether shares differ, and the answer in words; by hand and by brute force."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.shares import made_up
from therapport.codebook import Landmark
from therapport.errors import ConfigurationError
from therapport.predictor.figure import Figure
from training import study as studies
from training.design import Design
from training.shares import coalitions
from training.shares.across import answer, differ, found, kinds, strata, taking_part
from training.shares.across.results import Gap
from training.shares.across.table import DeliveryTable, drafted
from training.shares.material import material

HOMEWORK = "homework_completion"


def test_kinds_are_drafted_from_what_levels_are_called(gap_design: Design) -> None:
    delivered = kinds.delivered(gap_design)
    own, table = delivered.table, gap_design.cohort.table
    assert (own.column, own.planned, own.sessions) == ("delivery_mode", "planned_sessions", "sessions_attended")
    assert (own.taking_part, own.dropped_out) == ((HOMEWORK,), "dropped_out")
    for name in ("face_to_face", "blended", "guided", "unguided"):
        kind = delivered.kind(name)
        assert kind is not None
        assert (kind.members == (table["delivery_mode"] == name).to_numpy()).all()
    assert delivered.cut == 8  # between 5 and 12
    short = delivered.kind("short")
    assert short is not None
    assert (short.members == (table["planned_sessions"] == 5).to_numpy()).all()


def test_what_is_stated_comes_before_what_is_drafted(gap_design: Design) -> None:
    stated = DeliveryTable(guided=("guided", "blended"), unguided=("unguided",), short=12, taking_part=())
    own = drafted(stated, gap_design.study.codebook, Landmark("session3"))
    assert (own.guided, own.face_to_face, own.taking_part, own.short) == (("guided", "blended"), (), (), 12)


def test_every_wrong_name_is_told_with_its_line(gap_study: Path, tmp_path: Path) -> None:
    for name in ("cohort.parquet", "codebook.toml"):
        (tmp_path / name).write_bytes((gap_study.parent / name).read_bytes())
    wrong = (
        '\n[delivery]\ncolumn = "alliance"\nguided = ["guide"]\ntaking_part = ["phq9_end"]\nsessions = "dropped_out"\n'
        '[policy]\nprices = { guided = 10 }\n[[policy.shifts]]\nname = "x"\nmix = { guided = 0.5, walking = 0.2 }\n'
        '[multiverse]\noutcomes = ["end_score", "dropout"]\nlandmarks = ["week4"]\n'
        '[multiverse.family_maps]\nmine = { alliance = "weather", nobody = "patient" }\n'
    )
    (tmp_path / "study.toml").write_text(gap_study.read_text() + wrong)
    with pytest.raises(ConfigurationError) as refused:
        studies.read(tmp_path / "study.toml")
    told = str(refused.value)
    for words in ("alliance is no factor of kind category", "guide is no level", "phq9_end is no number", "weather"):
        assert words in told, words
    for words in (
        "dropped_out is no measure of kind count",
        "walking",
        "dropout is none of",
        "later than the study",
        "nobody",
    ):
        assert words in told, words


def test_the_gap_as_found_is_the_difference_of_two_means(gap_design: Design) -> None:
    table = gap_design.cohort.table
    found_gap = next(
        one
        for one in taking_part.gaps(gap_design, kinds.delivered(gap_design))
        if (one.measure, one.comparison) == (HOMEWORK, "unguided")
    )
    means = table.groupby("delivery_mode")[HOMEWORK].mean()
    assert found_gap.crude.value == pytest.approx(means["guided"] - means["unguided"])
    both = table.loc[table["delivery_mode"].isin(["guided", "unguided"]), HOMEWORK].dropna()
    assert found_gap.standardised.value == pytest.approx(found_gap.adjusted.value / both.std())
    assert found_gap.verdict == "far_short"  # .90 standard deviations were put in
    assert found_gap.standardised.value == pytest.approx(0.9, abs=0.25)


def test_the_interval_is_that_of_cr1_by_hand() -> None:
    generator = np.random.default_rng(3)
    group = np.repeat(np.arange(30), 6)
    one = generator.random(180) < 0.4
    mix = generator.standard_normal((180, 2))
    values = one * 0.5 + mix[:, 0] + generator.standard_normal(30)[group] + generator.standard_normal(180)
    figure, _ = taking_part._difference(one, values, mix, group)
    inputs = np.column_stack([~one, np.ones(180), mix]).astype(float)
    bread = np.linalg.inv(inputs.T @ inputs)
    solution = bread @ inputs.T @ values
    left = values - inputs @ solution
    meat = sum(np.outer(score, score) for score in (inputs[group == g].T @ left[group == g] for g in range(30)))
    error = np.sqrt((bread @ meat @ bread)[0, 0] * 30 / 29 * 179 / (180 - 4))
    assert figure.value == pytest.approx(solution[0])
    assert figure.high is not None
    assert figure.high - figure.value == pytest.approx(2.0452296 * error)  # t of 29 degrees of freedom


@pytest.mark.parametrize(
    ("low", "high", "p", "verdict"),
    [
        (0.6, 0.9, 0.001, "far_short"),
        (0.1, 0.9, 0.01, "short"),
        (0.1, 0.9, 0.2, "unclear"),
        (-0.9, -0.1, 0.01, "better"),
        (-0.1, 0.15, 1.0, "none"),
        (-0.3, 0.1, 1.0, "unclear"),
    ],
)
def test_a_verdict_rests_on_the_interval_and_on_the_corrected_p_value(
    low: float, high: float, p: float, verdict: str
) -> None:
    assert taking_part.verdict(Figure(value=(low + high) / 2, low=low, high=high), p) == verdict
    assert taking_part.verdict(Figure(value=0.7), p) == "unclear"


def gap(comparison: str, verdict: str) -> Gap:
    figure = Figure(value=0.3, low=0.2, high=0.4)
    return Gap(
        comparison=comparison, one="One", other="other", measure="m", label="Measure", unit="own", patients=100,
        mean_one=0, mean_other=0, crude=figure, intake=figure, adjusted=figure, standardised=figure,
        p_value=0.01, holm=0.02, verdict=verdict,  # type: ignore[arg-type]
    )  # fmt: skip


def test_the_answer_says_yes_no_and_that_it_cannot_be_told() -> None:
    only_unguided = [gap("ehealth", "short"), gap("guided", "none"), gap("unguided", "far_short"), gap("short", "none")]
    first, second = answer.answer(only_unguided)
    assert first.startswith("E-health: yes, where nobody guides it, among patients of the same intake case mix")
    assert "(short in 2 of 3 comparisons, far short in 1; the widest gap: measure, 0.30 (0.20 to 0.40) SD)" in first
    assert second.startswith("Short treatment: no.")
    assert "cannot be told" in answer.answer([gap("ehealth", "unclear")])[0]
    assert "this cohort cannot say" in answer.answer([gap("ehealth", "unclear")])[1]
    assert "yes, among" in answer.answer([gap("ehealth", "short"), gap("guided", "short")])[0]


def test_permutations_keep_to_groups() -> None:
    generator = np.random.default_rng(1)
    stratum, cluster = np.array([0, 1, 0, 1, 1, -1, 0, 1]), np.array([0, 0, 0, 1, 1, 1, 2, 2])
    dealt = [differ.dealt_anew(stratum, cluster, generator) for _ in range(50)]
    for one in dealt:
        assert one[5] == -1
        for group in range(3):
            assert sorted(one[cluster == group]) == sorted(stratum[cluster == group])
    assert len({tuple(one) for one in dealt}) > 1
    whole = np.array([0, 0, 0, 1, 1, 1, 0, 0])  # given to whole groups: it stays with whole groups
    for _ in range(20):
        one = differ.dealt_anew(whole, cluster, generator)
        assert all(len(set(one[cluster == group])) == 1 for group in range(3))


def test_p_values_by_hand() -> None:
    dealt = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 3.0]])
    alone, adjusted = differ.p_values(np.array([1.5, 5.0]), dealt)
    assert alone == pytest.approx([2 / 4, 1 / 4])
    # Standardised by mean 1, SD 1 and mean 1, SD sqrt 3: largest of each permutation -.58, 0, 1.15; seen .5 and 2.31.
    assert adjusted == pytest.approx([2 / 4, 1 / 4])


def test_a_share_that_differs_is_found_and_one_that_does_not_is_not() -> None:
    generator = np.random.default_rng(8)
    matrix = generator.standard_normal((800, 3))
    kind = np.arange(800) % 2 == 0
    noise = generator.standard_normal(800)
    same = made_up.material(matrix, [0, 1, 2], matrix[:, 0] + 0.5 * matrix[:, 1] + noise)
    other = made_up.material(matrix, [0, 1, 2], matrix[:, 0] + np.where(kind, 1.0, 0.0) * matrix[:, 1] + noise + kind)
    split = {"kind": {"one": kind, "other": ~kind}}
    found_same = {one.family: one for one in differ.differ(same, split, seed=1, permutations=39)}
    found_other = {one.family: one for one in differ.differ(other, split, seed=1, permutations=39)}
    assert min(one.adjusted for one in found_same.values()) > 0.05
    assert found_other["alliance"].adjusted == pytest.approx(1 / 40)
    assert found_other["technique"].adjusted > 0.05


def test_everything_is_found_at_once_and_small_kinds_are_left_out_and_said(
    gap_design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differ, "PERMUTATIONS", 9)
    target = gap_design.targets[1]
    played = material(gap_design.study, target)
    made = found.found(replace(gap_design, targets=(target,)), [played], ["End score"], done=lambda: None)
    assert made is not None
    (outcome,) = made.outcomes
    shown = {one.kind for one in outcome.strata}
    assert {"unguided", "short", "longer"} <= shown
    assert "blended" not in shown
    assert any("Blended" in lack and "ask for 130" in lack for lack in made.left_out)
    for one in outcome.strata:
        assert sum(share.value for share in one.families.values()) == pytest.approx(one.total.value)
        assert one.patients % 10 == 0
    assert made.answer[0].startswith("E-health: yes, where nobody guides it")
    assert not any(one.comparison == "short" and one.measure == "sessions_attended" for one in made.gaps)


def test_shares_of_a_kind_are_those_of_its_patients_alone(gap_design: Design) -> None:
    delivered, played = kinds.delivered(gap_design), material(gap_design.study, gap_design.targets[1])
    unguided = delivered.kind("unguided")
    assert unguided is not None
    own = unguided.members[played.target.rows]
    part = strata.within(gap_design, played, own)
    assert (part.target.outcome == played.target.outcome[own]).all()
    changed = played.target.outcome.copy()
    changed[~own] = 99.0
    others = replace(played, target=replace(played.target, outcome=changed))
    again = strata.within(gap_design, others, own)
    assert (coalitions.predict(again, "linear").prediction == coalitions.predict(part, "linear").prediction).all()
