"""Whether a predictor works as it was made: it adds up, answers fast, reproduces its golden rows."""

import time
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

import numpy as np

from therapport.predictor import Predictor, made_up, prototypes, reproduces_golden
from therapport.predictor.answer import TOLERANCE
from therapport.registry.check import Check, Standing

MADE_UP = 200
TIMES = 20


def checks(predictor: Predictor) -> Iterator[Check]:
    """The three checks, on prototypes and made-up patients only."""
    answers = predictor.answer(made_up(predictor, patients=MADE_UP, seed=1))
    failed = int(answers["status"].str.startswith("failed").sum())
    largest = float(np.nanmax(np.abs(answers["residual"].to_numpy()), initial=0.0))
    answered = int((answers["status"] == "scored").sum())
    text = f"largest residual {largest:.1e} in {answered} made-up patients, tolerance {TOLERANCE:g} (relative above 1)"
    if failed:
        text = f"the explanation does not add up in {failed} of {MADE_UP} made-up patients"
    standing: Standing = "failed" if failed else "passed" if answered else "not assessed"
    yield Check("adds up", standing, text)
    took, most = milliseconds(predictor), predictor.evidence.gate.milliseconds
    text = f"{took:.1f} ms for one patient; at most {most:g} was asked"
    yield Check("answers fast", "passed" if took <= most else "failed", text)
    if not predictor.evidence.golden:
        yield Check("golden rows", "not assessed", "the predictor has none")
    elif reproduces_golden(predictor):
        yield Check("golden rows", "passed", "it answers the prototypes as when it was made")
    else:
        yield Check("golden rows", "failed", "it no longer answers the prototypes as when it was made")


def milliseconds(predictor: Predictor) -> float:
    """The median time of one patient's answer, once everything is compiled."""
    cohort = prototypes(predictor)
    one = replace(cohort, table=cohort.table[:1])
    predictor.answer(one)
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        predictor.answer(one)
        times.append(time.perf_counter() - start)
    return 1000 * median(times)
