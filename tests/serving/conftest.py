"""Small predictors of several kinds, trained once on one simulated cohort."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
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
{reference}
"""
Train = Callable[..., Predictor]


def carry_out(study_path: Path) -> Predictor:
    design = designs.read(studies.read(study_path))
    evaluations = tuple(evaluation.evaluate(design.study, target, done=lambda: None) for target in design.targets)
    return final.predictor(design, evaluations)


@pytest.fixture(scope="session")
def train(tmp_path_factory: pytest.TempPathFactory) -> Train:
    folder: Path = tmp_path_factory.mktemp("serving")
    simulator.write(simulator.simulate(patients=400, therapists=20, sites=4, seed=1), folder)

    def trained(candidates: Sequence[str], *, response: str, end_score: bool, reference: str = "") -> Predictor:
        study_path = folder / "trained.toml"
        listed = "[" + ", ".join(f'"{name}"' for name in candidates) + "]"
        study_path.write_text(
            STUDY.format(candidates=listed, response=response, end_score=str(end_score).lower(), reference=reference),
            encoding="utf-8",
        )
        return carry_out(study_path)

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
def alike(train: Train) -> Predictor:
    """Everyone is explained against those of the same mode of delivery."""
    return train(["xgboost"], response="half_drop", end_score=False, reference='same = "delivery_mode"')


@pytest.fixture(scope="session")
def interacting(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    """Trees on a cohort in which alliance counts only together with both factors of technique, four times of five."""
    folder = tmp_path_factory.mktemp("interacting")
    simulator.write(simulator.simulate(patients=600, therapists=20, sites=4, missing=0.0, seed=3), folder)
    cohort = pd.read_parquet(folder / "cohort.parquet")
    good = [cohort[name] > cohort[name].quantile(0.35) for name in ("alliance", "adherence", "competence")]
    cohort["phq9_intake"] = np.maximum(cohort["phq9_intake"], 14)
    usual = np.random.default_rng(1).random(len(cohort)) < 0.8
    cohort["phq9_end"] = np.where((good[0] & good[1] & good[2]) == usual, 4, 16)
    cohort.to_parquet(folder / "cohort.parquet")
    text = STUDY.format(candidates='["xgboost"]', response="below_cutoff", end_score="true", reference="")
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return carry_out(folder / "study.toml")


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


@pytest.fixture(params=["both", "severity_alone", "same_for_all", "trees", "interacting", "score_only"])
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
