"""A comparison held against other splits and other populations: by site, in time, in subgroups, and with the lost."""

from dataclasses import replace

from training import out_of_fold
from training.design import Design
from training.evaluation import Evaluation
from training.populations import completers, subgroups
from training.schemes import in_time, sites


def require(design: Design) -> None:
    """Raise DesignError, before anything is fitted, if a split that the study asks for cannot be made."""
    for target in design.targets:
        sites.level_of(design, target)
        in_time.split(design, target)


def steps(design: Design, evaluated: Evaluation) -> int:
    """How many times `examine` reports progress."""
    return sites.steps(design, evaluated.target, evaluated.choice.chosen)


def examine(design: Design, evaluated: Evaluation, *, done: out_of_fold.Progress) -> Evaluation:
    """The same evaluation with what the other splits and populations found of the chosen candidate."""
    found = {
        "sites": sites.of(design, evaluated, done=done),
        "in_time": in_time.of(design, evaluated),
        "subgroups": subgroups.of(design, evaluated),
        "completers": completers.of(design, evaluated),
    }
    return replace(evaluated, comparison=evaluated.comparison.model_copy(update=found))
