"""What the card says of sites, later starts, subgroups, the lost, landmarks and capacity is what the evidence holds."""

from dataclasses import replace

import pytest

from tests.held_evidence import held
from tests.studies import Made
from therapport import card as cards
from therapport.card import Card
from therapport.predictor import Predictor
from therapport.predictor.at_risk import AtRisk
from therapport.predictor.populations import Completers


def items(made: Card) -> dict[str, str]:
    return {item.number: " ".join(item.facts) for item in made.items}


def with_evidence(predictor: Predictor, **changed: object) -> Predictor:
    return replace(predictor, evidence=predictor.evidence.model_copy(update=changed))


@pytest.fixture
def full(compared: Made) -> Predictor:
    """The predictor of a study with sites, a split in time, subgroups and forty lost patients, at two landmarks."""
    evidence = compared.predictor.evidence
    assert evidence.analysis is not None
    return with_evidence(
        compared.predictor,
        comparisons=tuple(held(one) for one in evidence.comparisons),
        analysis=evidence.analysis.model_copy(update={"landmarks": ("session3", "week4")}),
    )


@pytest.fixture
def said(full: Predictor) -> dict[str, str]:
    return items(cards.card(full))


def test_sites_are_told_with_their_mean_and_what_a_further_one_may_find(said: dict[str, str]) -> None:
    assert "AUC 0.620 (0.580 to 0.660), at a further site 0.420 to 0.820, I² 37 %" in said["23b"]
    assert "mean of 5 sites, without 3 too small to be counted by themselves" in said["23b"]
    assert "minus that of severity alone at sites left out: −0.013 (−0.053 to 0.027)" in said["23b"]
    assert "groups on both sides: 0" in said["12a"]
    assert "pooled as random effects" in said["12d"]
    assert "random intercepts (therapist and site)" in said["12d"]
    assert "AUC at sites left out 0.620" in said["2"]


def test_later_starts_are_told_with_their_size_and_what_differs(said: dict[str, str]) -> None:
    assert "in 110 or more who started from 2024-03 on, learned from 270 or more before: AUC 0.660" in said["23a"]
    assert "41 % in those who started before 2024-03, 44 % in those who started later" in said["16"]
    assert said["16"] == said["20c"]
    assert "tested on 110 or more" in said["21"]


def test_subgroups_are_told_where_fairness_is_asked_for(said: dict[str, str]) -> None:
    assert "For audit only, and seen by no model: Gender." in said["14"]
    assert "Holm’s correction" in said["14"]
    assert "1 too small to be shown" in said["14"]
    for number in ("23a", "25"):
        assert "AUC from 0.587 (0.537 to 0.637) in Gender: Man to 0.710 (0.660 to 0.760) in Gender" in said[number]
        assert "1 subgroup with fewer than 10 patients" in said[number]


def test_the_lost_are_told_with_their_worst_cases(said: dict[str, str]) -> None:
    assert "40 or more (10 %) have no outcome" in said["23a"]
    assert "differ most in PHQ-9 at intake (+0.34 standard deviations)" in said["23a"]
    assert "0.602 had all of them ended poorly" in said["23a"]
    assert "10 % have no known outcome" in said["26"]


def test_the_capacity_has_its_ceiling(full: Predictor, said: dict[str, str]) -> None:
    # Of those who end poorly, a fifth of everybody can be at most so many.
    rate = full.evidence.cohort.base_rate
    assert rate is not None
    assert f"(at most {0.2 / (1 - rate):.2f} could be reached)" in said["23a"]
    reached = full.evidence.comparisons[0].candidates[full.evidence.comparisons[0].chosen].metrics
    assert f"would reach {reached['sensitivity_at_capacity'].value:.3f}" in said["23a"]


def test_limits_name_what_was_not_looked_at(compared: Made, said: dict[str, str]) -> None:
    assert "also at sites that were left out and in later starts: nothing is known yet of other services." in said["26"]
    assert "One of 2 predictors of one study, at session 3 and week 4" in said["26"]
    bare = items(cards.card(compared.predictor))
    assert "nothing is known yet of other sites or later years or other services" in bare["26"]
    assert "not examined" in bare["23b"]
    assert "No subgroup was looked at" in bare["14"]


def test_who_was_still_in_treatment_is_told(compared: Made) -> None:
    risk = AtRisk(by="sessions", lost=52, unknown=0, decided=31)
    cohort = compared.predictor.evidence.cohort.model_copy(update={"at_risk": risk, "started": ("2021-01", "2023-11")})
    lost = cohort.model_copy(update={"with_outcome": cohort.patients - 31})
    told = items(cards.card(with_evidence(compared.predictor, cohort=lost)))
    assert "Still in treatment at session 3: 397 patients" in told["6b"]
    assert "52 had left before" in told["20a"]
    assert "31 patients whose outcome is not known, or was known by the landmark already, were left out" in told["11"]
    assert told["5b"] == "Treatments started from 2021-01 to 2023-11."


def test_numbers_are_those_of_each_outcome(compared: Made) -> None:
    told = items(cards.card(compared.predictor))["21"]
    for target in compared.design.targets:
        assert f"figures of {len(target.rows):,} patients" in told
    assert f"{int(compared.design.targets[0].outcome.sum())} of them with the outcome" in told


def test_tables_hold_the_figures_of_the_evidence(full: Predictor) -> None:
    captions = [table.caption for section in cards.card(full).sections for table in section.tables]
    for begin in ("At sites left out", "Started from 2024-03 on", "In subgroups", "What the lost could have changed"):
        assert sum(one.startswith(begin) for one in captions) == 2, begin
    text = cards.markdown(cards.card(full))
    assert "| Gender: Man | 160 or more | 0.42, 0.43 | 0.587 (0.537 to 0.637) |" in text
    assert "0.123 (0.050 to 0.200) \\*" in text
    assert "| Had all the lost ended poorly | 0.38 | 0.602 (0.552 to 0.652) |" in text


def test_fewer_than_ten_lost_are_told_without_a_number(full: Predictor) -> None:
    few = Completers(lost=None, share=None)
    changed = tuple(one.model_copy(update={"completers": few}) for one in full.evidence.comparisons)
    made = cards.card(with_evidence(full, comparisons=changed))
    assert "the outcome of fewer than 10 is not known" in items(made)["23a"]
    assert not any(table.caption.startswith("What the lost") for one in made.sections for table in one.tables)
