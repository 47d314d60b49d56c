"""A trail with a few answers in it."""

from pathlib import Path

import numpy as np

from serving.api.reader import Patients
from serving.api.served import Loaded
from serving.audit.folder import State
from serving.audit.trail import Trail
from therapport.predictor import Predictor

IDS = ["Zebrowski", "p2", "p3"]


def patients(predictor: Predictor, ids: list[str]) -> Patients:
    return Patients(ids, np.full((len(ids), len(predictor.factors)), 8642.75))


def begun(folder: Path, predictor: Predictor, answers: int = 3) -> Trail:
    """A trail that is still written to, with so many answers for each of IDS."""
    trail = Trail.begin(State(folder))
    for number in range(answers):
        texts = [f'"response_probability":0.{number}{place}' for place in range(len(IDS))]
        trail.answers(Loaded(predictor), "0a1b2c3d", "predict", patients(predictor, IDS), texts)
    return trail


def chain_of(folder: Path) -> Path:
    (path,) = State(folder).audit.glob("2*.chain")
    return path
