"""How a study was set up: what its card needs to know beside its figures."""

import platform
from importlib.metadata import version

import xgboost

from therapport.predictor.described import Analysis
from training.design import Design
from training.findings import asked, sizes

PACKAGES = ("therapport", "numpy", "scikit-learn", "scipy")


def analysis(design: Design) -> Analysis:
    """The set-up of the study and the versions of what computed it."""
    table, parameters = design.study.table, asked.parameters(design.study)
    needed = {
        target.kind: sizes.needed_for_score(parameters)
        if target.kind == "score"
        else sizes.needed_for_response(parameters, float(target.outcome.mean()))
        for target in design.targets
    }
    return Analysis(
        seed=table.seed,
        trials=table.tuning.trials,
        inner_folds=table.tuning.inner_folds,
        capacity=table.validation.capacity,
        level=table.validation.interval,
        abstain_missing=table.validation.abstain_missing,
        parameters=parameters,
        needed=needed,
        landmarks=tuple(one.value for one in table.landmarks or ()),
        waived=dict(table.waive),
        software={
            "Python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
            # Its package has another name on each system.
            "xgboost": str(xgboost.__version__),
        },
    )
