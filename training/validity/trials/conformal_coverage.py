"""Whether the end score's interval holds the share of new patients that it states."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from therapport import conformal
from training.validity.page import table
from training.validity.trials.learned import LEVELS, Learned
from training.validity.trials.settings import Setting

STATED = (0.8, 0.9)
Study = Mapping[tuple[str, str], Learned]


def in_new_patients(one: Learned, *, level: float) -> tuple[float, float]:
    """Half the width that a study finds, and the share of new patients of new therapists whom it holds."""
    predictions = one.predictions
    errors = np.abs(predictions.prediction - predictions.truth)
    points = conformal.half_width(errors, predictions.cluster, level=level)
    return points, float(np.interp(points, one.errors, LEVELS, right=1.0))


def lines(settings: Mapping[str, Setting], studies: Mapping[str, Sequence[Study]]) -> Iterator[str]:
    """One row for each setting, candidate and level."""
    rows = []
    for name, setting in settings.items():
        candidates = [candidate for kind, candidate in studies[name][0] if kind == "score"]
        for candidate in candidates:
            for level in STATED:
                found = np.array([in_new_patients(study["score", candidate], level=level) for study in studies[name]])
                known = found[np.isfinite(found[:, 0])]
                held, half = known[:, 1], 1.96 * known[:, 1].std(ddof=1) / np.sqrt(len(known))
                rows.append(
                    [
                        f"{setting.title}: `{candidate}`",
                        f"{level:.0%}",
                        f"{held.mean():.1%} ({held.mean() - half:.1%} to {held.mean() + half:.1%})",
                        f"{np.percentile(held, 5):.1%} to {np.percentile(held, 95):.1%}",
                        f"{known[:, 0].mean():.1f}",
                    ]
                )
    header = ["", "stated", "held, mean over studies", "in nine of ten studies", "points to either side"]
    yield from table(header, rows)
