"""What is kept where nothing predicts the outcome, and where something does."""

from collections.abc import Iterator, Mapping, Sequence

from therapport import performance
from training.validity.page import table
from training.validity.trials import shown
from training.validity.trials.learned import LOSS, Learned
from training.validity.trials.settings import Setting

Study = Mapping[tuple[str, str], Learned]
TRUE_LOSS = {"binary": "brier", "score": "rmse"}


def chosen(study: Study, kind: str) -> str:
    """The candidate that `therapport compare` would keep."""
    candidates = {candidate: one.predictions for (own, candidate), one in study.items() if own == kind}
    cluster = next(iter(candidates.values())).cluster
    weights = performance.bootstrap_weights(cluster, draws=shown.DRAWS, seed=1)
    return performance.simplest_unbeaten(candidates, weights, loss=LOSS[kind]).chosen


def truly_best(study: Study, kind: str) -> str:
    """The candidate whose final model has the lowest loss in new patients."""
    losses = {candidate: one.final[TRUE_LOSS[kind]] for (own, candidate), one in study.items() if own == kind}
    return min(losses, key=lambda name: losses[name])


def lines(settings: Mapping[str, Setting], studies: Mapping[str, Sequence[Study]]) -> Iterator[str]:
    """How often anything but the prevalence is kept, and how often the best."""
    rows = []
    for name, setting in settings.items():
        kept = {kind: [chosen(study, kind) for study in studies[name]] for kind in shown.OUTCOMES}
        for kind, what in shown.OUTCOMES.items():
            best = [truly_best(study, kind) for study in studies[name]]
            above = [one != "prevalence" for one in kept[kind]]
            right = [one == other for one, other in zip(kept[kind], best, strict=True)]
            label = f"{setting.title}, {len(above)} studies: {what}"
            rows.append([label, shown.share(above), shown.share(right)])
        either = [any(one != "prevalence" for one in pair) for pair in zip(*kept.values(), strict=True)]
        rows.append([f"{setting.title}: either outcome", shown.share(either), ""])
    yield from table(["", "anything over the prevalence kept", "the truly best kept"], rows)
