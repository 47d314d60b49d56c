"""Small predictors of several kinds, trained once on one simulated cohort."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from therapport import simulator
from therapport.cohort import Cohort
from therapport.predictor import Predictor, prototypes
from training import design as designs
from training import evaluation, final
from training import study as studies

STUDY = """\
format = 1
name = "small"
title = "A small simulated study, predicted at session 3"
cohort = "cohort.parquet"
codebook = "codebook.toml"
landmark = "session3"
severity = "phq9_intake"
candidates = {candidates}

[outcome]
before = "phq9_intake"
after = "phq9_end"
response = "{response}"
end_score = {end_score}

[validation]
group = "therapist"
folds = 2
repeats = 1
draws = 100

[reference]
patients = 50
"""
Train = Callable[..., Predictor]


@pytest.fixture(scope="session")
def train(tmp_path_factory: pytest.TempPathFactory) -> Train:
    folder: Path = tmp_path_factory.mktemp("serving")
    simulator.write(simulator.simulate(patients=400, therapists=20, sites=4, seed=1), folder)

    def trained(candidates: Sequence[str], *, response: str, end_score: bool) -> Predictor:
        study_path = folder / "trained.toml"
        listed = "[" + ", ".join(f'"{name}"' for name in candidates) + "]"
        study_path.write_text(
            STUDY.format(candidates=listed, response=response, end_score=str(end_score).lower()), encoding="utf-8"
        )
        design = designs.read(studies.read(study_path))
        evaluations = tuple(evaluation.evaluate(design.study, target, done=lambda: None) for target in design.targets)
        return final.predictor(design, evaluations)

    return trained


@pytest.fixture(scope="session")
def both(train: Train) -> Predictor:
    """Reliable improvement and the end score, from all six families."""
    made = train(["prevalence", "elastic_net"], response="reliable_improvement", end_score=True)
    assert made.response is not None
    assert made.response.candidate == "elastic_net"
    return made


@pytest.fixture(scope="session")
def severity_alone(train: Train) -> Predictor:
    return train(["severity"], response="below_cutoff", end_score=True)


@pytest.fixture(scope="session")
def same_for_all(train: Train) -> Predictor:
    return train(["prevalence"], response="recovery", end_score=False)


@pytest.fixture(scope="session")
def trees(train: Train) -> Predictor:
    return train(["xgboost"], response="half_drop", end_score=False)


@pytest.fixture(scope="session")
def score_only(both: Predictor) -> Predictor:
    evidence = both.evidence
    cohort = evidence.cohort.model_copy(update={"base_rate": None})
    comparisons = tuple(one for one in evidence.comparisons if one.kind == "score")
    return replace(
        both,
        outcome=None,
        response=None,
        evidence=evidence.model_copy(update={"cohort": cohort, "comparisons": comparisons}),
    )


@pytest.fixture(params=["both", "severity_alone", "same_for_all", "trees", "score_only"])
def predictor(request: pytest.FixtureRequest) -> Predictor:
    made: Predictor = request.getfixturevalue(request.param)
    return made


def example(predictor: Predictor, place: int = 0, **changed: float | str | None) -> Cohort:
    """A prototype patient, with some values changed; NaN or None is unknown."""
    cohort = prototypes(predictor)
    table = cohort.table.iloc[[place]].reset_index(drop=True)
    for name, value in changed.items():
        table[name] = [value]
    return Cohort(cohort.codebook, table)
