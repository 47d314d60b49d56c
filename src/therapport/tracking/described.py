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
    return {
        "kind": "candidate",
        "outcome": definition,
        "simulated": shared["simulated"],
        "preferred": str(name == comparison.chosen).lower(),
        "mlflow.note.content": "\n".join([*_simulated(shared), *lines]),
    }


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
