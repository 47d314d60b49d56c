"""What was found, in plain sentences; association, never effect."""

from collections.abc import Iterator, Sequence

from therapport.predictor.evidence import Figure
from training.shares.results import ModelShares, Partition, Shares, Together

ASSOCIATION = "Association, not effect: what a prediction rests on, not what would change if a family were changed."
MEASURES = {
    "r2": "% of the variance of the end score (R2)",
    "scaled_brier": "% of the Brier score of the base rate (scaled Brier score)",
    "auc": "hundredths of the AUC above .50",
}
SHORT = {"r2": "R2", "scaled_brier": "scaled Brier score", "auc": "AUC above .50"}
MOMENTS = {"intake": "at intake", "end": "at the end"}


def amount(value: float) -> str:
    """In hundredths, one decimal, with a true minus sign; what rounds to nothing has none."""
    return f"{round(100 * value, 1) + 0.0:.1f}".replace("-", "−")


def interval(figure: Figure) -> str:
    """`3.1 to 5.9`, or a dash."""
    if figure.low is None or figure.high is None:
        return "–"
    return f"{amount(figure.low)} to {amount(figure.high)}"


def whole(figure: Figure) -> str:
    """`4.5 (3.1 to 5.9)`."""
    return f"{amount(figure.value)} ({interval(figure)})"


def moment(landmark: str) -> str:
    """`session3` as people say it."""
    return (
        MOMENTS.get(landmark) or f"at {landmark.rstrip('0123456789')} {landmark.lstrip('abcdefghijklmnopqrstuvwxyz')}"
    )


def probability(value: float) -> str:
    """As far as it is shown."""
    return "< .001" if value < 0.001 else f"{value:.3f}".lstrip("0") if value < 1 else "1"  # noqa: PLR2004


def told(found: Shares, model: ModelShares) -> tuple[str, ...]:
    """Sentences on one outcome with one model: the whole, families worth a word, the pair of the debate."""
    return tuple(_told(found, model))


def _told(found: Shares, model: ModelShares) -> Iterator[str]:
    first = model.partitions[0]
    yield _whole(model, first)
    if first.total.low is not None and first.total.low <= 0:
        yield "That cannot be told from nothing, so that shares of it mean little."
        return
    yield _largest(found, first)
    unclear = [found.families[name] for name, one in first.families.items() if not one.beyond_zero]
    if unclear:
        yield f"Cannot be told from zero: {', '.join(unclear)}."
    yield from _pairs(found, model.together)


def _whole(model: ModelShares, partition: Partition) -> str:
    if partition.measure == "r2":
        return (
            f"{_of(model)} explains {amount(partition.total.value)} % of the differences in end score between patients "
            f"whom it had not met ({interval(partition.total)} %)."
        )
    return (
        f"{_of(model)} brings the Brier score of patients whom it had not met {amount(partition.total.value)} % below "
        f"that of the base rate ({interval(partition.total)} %)."
    )


def _pairs(found: Shares, together: Sequence[Together]) -> Iterator[str]:
    """The pair of the debate, and the pair that gains most where it is another one."""
    best = max((pair for pair in together if pair.found), key=lambda pair: pair.gain.value, default=None)
    for pair in sorted(together, key=lambda pair: pair is not best):
        names = f"{found.families[pair.one]} and {found.families[pair.other].lower()}"
        gained = f"allowing it gains {whole(pair.gain)} points out of fold (p {_is(pair.adjusted)})"
        if pair.prestated and pair.found:
            yield f"{names} act together: {gained}."
            if best is not None and best is not pair:
                yield "What it gains may be that of the other pair, because families overlap."
        elif pair.prestated:
            yield f"That {names[0].lower()}{names[1:]} act together is not shown (p {_is(pair.adjusted)})."
        elif pair is best:
            yield f"Of all pairs of families, {names[0].lower()}{names[1:]} gain most: {gained}."


def not_known(found: Shares) -> str:
    """Families that have no share here, which says nothing about them."""
    names = [found.unmeasured[0], *(name.lower() for name in found.unmeasured[1:])]
    them = "it" if len(names) == 1 else "them"
    return f"No factor is known {moment(found.landmark)} of: {', '.join(names)}. That says nothing about {them}."


def pairs_found(found: Shares, model: ModelShares) -> str:
    """One sentence on all pairs of one model."""
    pairs = [
        f"{found.families[one.one].lower()} and {found.families[one.other].lower()} ({whole(one.gain)} points, "
        f"p {_is(one.adjusted)})"
        for one in sorted(model.together, key=lambda one: -one.gain.value)
        if one.found
    ]
    if not pairs:
        return f"{model.label}: no pair of families gains anything beyond chance by acting together."
    return f"{model.label}: beyond chance gain {'; '.join(pairs)}. Families that overlap gain together."


def _largest(found: Shares, partition: Partition) -> str:
    name, one = max(partition.families.items(), key=lambda item: item[1].share.value)
    sentence = f"The family with the largest share is {found.families[name].lower()}: {whole(one.share)}."
    if "alliance" in partition.families and name != "alliance":
        own = partition.families["alliance"]
        sentence += (
            f" {found.families['alliance']}: {whole(own.share)}, of which {whole(own.unique)} is unique and "
            f"{whole(own.shared)} shared with others."
        )
    return sentence


def _of(model: ModelShares) -> str:
    return "The linear model" if model.model == "linear" else "The model of boosted trees"


def _is(value: float) -> str:
    text = probability(value)
    return text if text.startswith("<") else f"= {text}"


def sentence_case(text: str) -> str:
    """With a capital at the beginning."""
    return text[:1].upper() + text[1:]
