"""Whether the intervals of the figures hold what they are taken for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from therapport import performance
from therapport.performance import Estimate
from training.validity.page import table
from training.validity.trials import shown
from training.validity.trials.learned import METRICS, Learned
from training.validity.trials.settings import Setting

NOMINAL = 0.95
Study = Mapping[tuple[str, str], Learned]


@dataclass
class Held:
    """One metric of one candidate in many studies."""

    estimates: list[Estimate] = field(default_factory=list)
    final: list[float] = field(default_factory=list)
    of_folds: list[float] = field(default_factory=list)

    def of(self, truth: Sequence[float]) -> list[bool]:
        """Whether the interval of each study holds the truth of that study."""
        return [estimate.contains(value) for estimate, value in zip(self.estimates, truth, strict=True)]

    @property
    def procedure(self) -> list[float]:
        """The mean of the final models, for every study."""
        return [float(np.mean(self.final))] * len(self.final)


def held(studies: Sequence[Study]) -> dict[tuple[str, str, str], Held]:
    """(Kind of outcome, candidate, metric) -> what its intervals did."""
    found: dict[tuple[str, str, str], Held] = {}
    for study in studies:
        for (kind, candidate), one in study.items():
            weights = performance.bootstrap_weights(one.predictions.cluster, draws=shown.DRAWS, seed=1)
            figures = (
                performance.evaluate_binary(one.predictions, weights, only=METRICS["binary"])
                if kind == "binary"
                else performance.evaluate_score(one.predictions, weights)
            )
            for metric in METRICS[kind]:
                if metric in figures and metric in one.final and metric in one.of_folds:
                    entry = found.setdefault((kind, candidate, metric), Held())
                    entry.estimates.append(figures[metric])
                    entry.final.append(one.final[metric])
                    entry.of_folds.append(one.of_folds[metric])
    return found


def lines(settings: Mapping[str, Setting], studies: Mapping[str, Sequence[Study]]) -> Iterator[str]:
    """A table for each setting."""
    header = ["", "true", "found", "width", "models of the folds", "this model", "procedure", "too low"]
    for name, setting in settings.items():
        yield f"### {setting.title}, {len(studies[name])} studies\n"
        found = held(studies[name])
        yield from table(header, (_row(*key, one) for key, one in found.items()))


def _row(kind: str, candidate: str, metric: str, one: Held) -> list[str]:
    widths = [
        estimate.high - estimate.low
        for estimate in one.estimates
        if estimate.low is not None and estimate.high is not None
    ]
    values = [estimate.value for estimate in one.estimates]
    aims = {"folds": one.of(one.of_folds), "this": one.of(one.final), "procedure": one.of(one.procedure)}
    low = [name for name, happened in aims.items() if shown.interval(sum(happened), len(happened))[1] < NOMINAL]
    return [
        f"`{candidate}`, {shown.OUTCOMES[kind]}: `{metric}`",
        f"{np.mean(one.final):.3f}",
        f"{np.mean(values):.3f}",
        f"{np.mean(widths):.3f}",
        *(shown.share(happened) for happened in aims.values()),
        ", ".join(low) or "-",
    ]
