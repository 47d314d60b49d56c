"""What is found, as runs of MLflow: one for each outcome and model, the same keys in all."""

from collections.abc import Iterator

from therapport.predictor.evidence import Figure
from therapport.tracking.shares import Run
from training.shares import questions, words
from training.shares.path import tracked as further
from training.shares.results import ModelShares, OutcomeShares, Partition, Shares

OUTCOME = {"binary": "response", "score": "end score"}


def runs(found: Shares) -> tuple[Run, ...]:
    """In the order of outcomes and models."""
    own = tuple(_run(found, outcome, model) for outcome in found.outcomes for model in outcome.models)
    return (*own, *questions.runs(found, own[0].parameters))


def _run(found: Shares, outcome: OutcomeShares, model: ModelShares) -> Run:
    first, *others = model.partitions
    figures = dict(_figures(first))
    for one in others:
        figures |= {f"{one.measure}/{key}": value for key, value in _figures(one)}
    for pair in model.together:
        figures[f"together/{pair.one}-{pair.other}/gain"] = pair.gain.value
        figures[f"together/{pair.one}-{pair.other}/p_adjusted"] = pair.adjusted
    for key, figure in _linear(outcome, model):
        figures |= dict(_figure(key, figure))
    return Run(
        name=f"{OUTCOME[outcome.kind]}, {model.label.lower()}",
        outcome=outcome.definition,
        note="\n\n".join([f"**{model.label}**: {model.about}.", *words.told(found, model)]),
        parameters={
            "model": model.model,
            "measure": first.measure,
            "landmark": found.landmark,
            "patients": str(outcome.patients),
            "group": found.group,
            "folds": str(found.folds),
            "repeats": str(found.repeats),
            "bootstrap_draws": str(found.draws),
            "groups_in_two_folds": str(found.straddling),
            "cohort_digest": found.cohort_digest,
            "codebook_digest": found.codebook_digest,
            "simulated": str(found.simulated).lower(),
        },
        figures=figures,
    )


def _linear(outcome: OutcomeShares, model: ModelShares) -> Iterator[tuple[str, Figure]]:
    if outcome.path is not None:
        yield from further.of_order(outcome.path, model.model)
    if model.model == "linear" and outcome.path is not None:
        yield from further.of_path(outcome.path)
    if model.model == "linear" and outcome.therapists is not None:
        yield from further.of_therapists(outcome.therapists)


def _figures(partition: Partition) -> Iterator[tuple[str, float]]:
    yield from _figure("total", partition.total)
    for family, one in partition.families.items():
        yield from _figure(f"family/{family}/share", one.share)
        for part in ("unique", "shared", "alone"):
            yield f"family/{family}/{part}", getattr(one, part).value


def _figure(key: str, figure: Figure) -> Iterator[tuple[str, float]]:
    yield key, figure.value
    if figure.low is not None and figure.high is not None:
        yield f"{key}_low", figure.low
        yield f"{key}_high", figure.high
