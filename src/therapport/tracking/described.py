"""Experiments and runs in plain words, as their pages in MLflow show them."""

from collections.abc import Iterator, Mapping

from therapport.predictor.evidence import CandidateResult, Comparison, Evidence
from therapport.tracking import candidate_keys as keys


def experiment(evidence: Evidence, definition: str, *, candidates: bool) -> Iterator[str]:
    """The lines of an experiment's description; `candidates` says that those are what its runs are."""
    yield f"{evidence.title}\n\nOutcome: {definition}."
    if not candidates:
        return
    yield (
        "\nEach run is a way to predict, a *candidate*, from the simplest to the most complex; below the preferred one "
        "stand its folds. The run of the *study* holds the comparison: start with its artifact `comparison.html`. Runs "
        "with the same `comparison` belong together, and all were judged on the same patients.\n"
    )
    yield from (f"- `{prefix}` {meaning}" for prefix, meaning in keys.MEANING.items())


def candidate(
    name: str, result: CandidateResult, comparison: Comparison, definition: str, shared: Mapping[str, str]
) -> dict[str, str]:
    """The tags of a candidate's run."""
    lines = [f"**{result.label}**: {result.description}."]
    if name == comparison.chosen:
        lines += ["", f"Preferred. {comparison.verdict}"]
    else:
        lines += ["", f"Not preferred: {_why_not(name, comparison)}."]
    return {
        "kind": "candidate",
        "outcome": definition,
        "simulated": shared["simulated"],
        "preferred": str(name == comparison.chosen).lower(),
        "mlflow.note.content": "\n".join([*_simulated(shared), *lines]),
    }


def _why_not(name: str, comparison: Comparison) -> str:
    """How far the candidate is from the best one, and what that means."""
    if name in comparison.only_compared:
        return "a baseline that the study does not name, compared with and never kept"
    if name == comparison.best:
        return "it has the lowest loss, but a simpler one cannot be told from it"
    difference, loss = comparison.differences[name], "Brier score" if comparison.kind == "binary" else "squared error"
    ends = (
        "" if difference.low is None or difference.high is None else f" ({difference.low:.3f} to {difference.high:.3f})"
    )
    beaten = difference.low is not None and difference.low > 0
    means = "more than chance explains" if beaten else "which chance can explain, but a simpler one is as good"
    best = comparison.candidates[comparison.best].label.lower()
    return f"its {loss} is {difference.value:.3f}{ends} above that of {best}, {means}"


def study(comparison: Comparison, evidence: Evidence, definition: str, shared: Mapping[str, str]) -> dict[str, str]:
    """The tags of the study's run."""
    level = evidence.group
    lines = [
        f"**{evidence.title}**",
        "",
        comparison.verdict,
        "",
        f"{evidence.folds} folds by {level}, {evidence.repeats} times; {evidence.straddling} {level}s stand in two "
        f"folds (must be 0). `comparison.html` shows it all, `tables/` has the figures, `receipts.json` the digests.",
        *(f"- {warning}" for warning in evidence.warnings),
    ]
    return {
        "kind": "study",
        "outcome": definition,
        "simulated": shared["simulated"],
        "preferred": "-",
        "mlflow.note.content": "\n".join([*_simulated(shared), *lines]),
    }


def _simulated(shared: Mapping[str, str]) -> list[str]:
    return ["Simulated: nobody in this cohort exists.\n"] if shared["simulated"] == "true" else []
