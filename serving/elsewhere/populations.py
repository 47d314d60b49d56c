"""In whom predictions hold: subgroups, and completers beside those who were lost."""

from collections.abc import Iterator, Sequence

from serving.elsewhere.part import HEADLINE, LABELS, Part, Table, cell
from serving.text import number, signed
from therapport.performance import SMALLEST_CELL
from therapport.predictor.evidence import Comparison
from therapport.predictor.populations import Completers, Contrast, Subgroup, Subgroups

IN_SUBGROUPS = {"binary": ("auc", "brier", "calibration_intercept"), "score": ("r2", "mae", "calibration_intercept")}
ENDS = {
    "poor": "had all the lost ended poorly",
    "good": "had all the lost ended well",
    "last": "had the lost stayed as last seen",
}
MOST_DIFFERENCES = 10
TELLING = 0.05


def of_subgroups(comparison: Comparison, found: Subgroups) -> Part:
    """Every subgroup that can be shown, beside everyone."""
    keys = IN_SUBGROUPS[comparison.kind]
    counted = [one.contrasts[keys[0]] for one in found.shown if keys[0] in one.contrasts]
    counted = [one for one in counted if one.adjusted is not None]
    alone = sum(one.p_value is not None and one.p_value < TELLING for one in counted)
    after = sum(one.adjusted is not None and one.adjusted < TELLING for one in counted)
    sentences = [
        f"Of {len(counted)} comparisons of a subgroup’s {LABELS[keys[0]]} with that of the other patients, {alone} "
        f"differ taken alone, where {number(TELLING * len(counted), 2)} would by chance; after Holm’s correction "
        f"{after}. A difference says for whom predictions are less to be relied on, not why."
    ]
    if found.suppressed:
        sentences.append(
            f"Left out: {found.suppressed} with fewer than {SMALLEST_CELL} patients, or fewer with or without the "
            f"outcome."
        )
    if found.audit_only:
        columns = dict.fromkeys(one.label for one in found.shown if one.column in found.audit_only)
        if columns:
            sentences.append(f"No model has seen these: {', '.join(columns)}.")
    rows = (("Everyone", "", "", *(cell(found.everyone.get(key)) for key in keys), ""), *_rows(found, keys))
    heads = (
        "Subgroup",
        "Patients",
        "Observed, predicted",
        *(LABELS[key] for key in keys),
        f"{LABELS[keys[0]]} − others’",
    )
    why = "Out of fold, with 95 % intervals; a star marks a difference that holds after Holm’s correction."
    return Part("In subgroups", tuple(sentences), (Table("Subgroups", why, heads, rows),))


def _rows(found: Subgroups, keys: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for one in found.shown:
        yield (
            f"{one.label}: {one.level}",
            f"{one.patients} or more",
            _shares(one),
            *(cell(one.figures.get(key)) for key in keys),
            _contrast(one.contrasts.get(keys[0])),
        )


def _shares(one: Subgroup) -> str:
    return f"{number(one.observed, 2)}, {number(one.predicted, 2)}"


def _contrast(one: Contrast | None) -> str:
    if one is None:
        return "–"
    return cell(one) + (" *" if one.adjusted is not None and one.adjusted < TELLING else "")


def of_completers(comparison: Comparison, found: Completers) -> Part:
    """Who was lost, and what that could have changed."""
    title = "Those who were lost"
    if found.lost is None or found.share is None:
        return Part(title, (f"Fewer than {SMALLEST_CELL} patients have no outcome.",))
    sentences = [
        f"{found.lost} or more patients ({100 * found.share:.0f} %) have no outcome, so that figures are those of "
        f"completers."
    ]
    if found.foreseen is not None and found.effective is not None:
        sentences.append(
            f"Who stays can be foreseen from the factors with an AUC of {cell(found.foreseen)}. Weighted, completers "
            f"stand for those who are like them and were lost; weighted, they count as {100 * found.effective:.0f} % "
            f"of themselves. That puts right only what the factors tell."
        )
    binary = comparison.kind == "binary"
    keys = (*HEADLINE[comparison.kind], "calibration_intercept")
    lines = {"completers as they are": found.completers, "weighted for the lost": found.weighted}
    lines |= {ENDS[end]: own for end, own in found.bounds.items()}
    means = {
        "completers as they are": found.means.get("completers"),
        "weighted for the lost": found.means.get("weighted"),
    }
    means |= {ENDS[end]: found.means.get(end) for end in found.bounds}
    rows = tuple(
        (words.capitalize(), _mean(means.get(words)), *(cell(own.get(key)) for key in keys))
        for words, own in lines.items()
        if own
    )
    heads = ("Whose outcomes", "With the outcome" if binary else "Mean", *(LABELS[key] for key in keys))
    why = (
        "The lost are predicted by models that had not met their group. The worst and the best are bounds, no guesses."
    )
    tables = [Table("What the lost could have changed", why, heads, rows)]
    if found.differences:
        listed = tuple((one.label, signed(one.standardised, 2)) for one in found.differences[:MOST_DIFFERENCES])
        hidden = f" {found.hidden} more would tell of fewer than {SMALLEST_CELL} people." if found.hidden else ""
        why = f"Lost minus completers, in standard deviations; above 0.1 either way counts as a difference.{hidden}"
        tables.append(Table("How they differ at intake", why, ("Factor", "Difference"), listed, folded=True))
    return Part(title, tuple(sentences), tuple(tables))


def _mean(value: float | None) -> str:
    return "" if value is None else number(value, 2)
