"""What was found across delivery, in the multiverse and of other policies: in sentences, and as runs of MLflow."""

from collections.abc import Iterator, Mapping

from therapport.predictor.figure import Figure
from therapport.tracking.shares import Run
from training.shares import words
from training.shares.across import answer
from training.shares.across.results import AcrossDelivery
from training.shares.landmarks import found as over_landmarks
from training.shares.multiverse import told as telling
from training.shares.multiverse.results import Multiverse
from training.shares.policy.results import Policy, Shifted
from training.shares.results import Shares


def told(found: Shares) -> tuple[str, ...]:
    """For terminal and report."""
    return (
        *((words.not_known(found),) if found.unmeasured else ()),
        *(differences(found, found.across) if found.across else ()),
        *(found.across.answer if found.across else ()),
        *(telling.told(found.multiverse, found.families) if found.multiverse else ()),
        *(policies(found.policy) if found.policy else ()),
    )


def differences(found: Shares, across: AcrossDelivery) -> Iterator[str]:
    """Whether shares differ, of each outcome."""
    for outcome in across.outcomes:
        if not outcome.differences:
            yield f"{outcome.definition}: too few kinds of delivery are large enough to ask whether shares differ."
            continue
        shown = [one for one in outcome.differences if one.adjusted < 0.05]  # noqa: PLR2004 - customary
        if not shown:
            least = min(one.adjusted for one in outcome.differences)
            yield (
                f"{outcome.definition}: that shares differ between kinds of delivery is not shown "
                f"(smallest corrected p {words.probability(least)}). That does not show that they are the same."
            )
        for one in shown:
            yield (
                f"{outcome.definition}: the share of {found.families[one.family].lower()} differs by "
                f"{across.splits[one.split].lower()} (corrected p {words.probability(one.adjusted)})."
            )


def policies(policy: Policy) -> Iterator[str]:
    """Shifts that reach beyond what was seen, and those in which the predicted response differs."""
    for one in policy.shifts:
        change = one.response_change
        if change is not None and change.low is not None and change.high is not None and change.low * change.high > 0:
            yield (
                f"{one.name}: the predicted share with the outcome is {words.amount(abs(change.value))} points "
                f"{'higher' if change.value > 0 else 'lower'} (change {words.interval(change)}). That is association, "
                f"not effect."
            )
        if one.extrapolates:
            yield f"{one.name}: {beyond(one)}"


def beyond(one: Shifted) -> str:
    """How far a shift reaches beyond what was seen."""
    return (
        f"for {words.amount(one.beyond)} % of the patients hardly anybody of their case mix was treated so "
        f"({one.beyond_kind.lower()}): what is said of them is extrapolated."
    )


def runs(found: Shares, parameters: Mapping[str, str]) -> Iterator[Run]:
    """One for each question that was asked; `parameters` are those of the other runs."""
    common = {key: value for key, value in parameters.items() if key not in ("model", "measure", "patients")}
    for run in over_landmarks.runs(found.landmarks):
        own = {key: value for key, value in common.items() if key != "landmark"}
        yield _run(run.name, [run.note], own, run.figures)
    if found.across is not None:
        note = [*found.across.answer, *answer.details(found.across.gaps), *differences(found, found.across)]
        yield _run("across delivery", note, common, dict(_across(found.across)))
    if found.multiverse is not None:
        note = list(telling.told(found.multiverse, found.families))
        yield _run("multiverse", note, common, dict(_multiverse(found.multiverse)))
    if found.policy is not None:
        yield _run("policy", [words.ASSOCIATION, *policies(found.policy)], common, dict(_policy(found.policy)))


def _run(name: str, note: list[str], parameters: Mapping[str, str], figures: Mapping[str, float]) -> Run:
    return Run(name=name, outcome=name, note="\n\n".join(note), parameters=parameters, figures=figures)


def _across(across: AcrossDelivery) -> Iterator[tuple[str, float]]:
    for outcome in across.outcomes:
        for one in outcome.strata:
            for family, share in one.families.items():
                yield from _figure(f"across/{outcome.kind}/{one.split}/{one.kind}/{family}/share", share)
        for test in outcome.differences:
            yield f"across/{outcome.kind}/{test.split}/{test.family}/p_adjusted", test.adjusted
    for gap in across.gaps:
        yield from _figure(f"taking_part/{gap.measure}/{gap.comparison}/gap_sd", gap.standardised)
        yield f"taking_part/{gap.measure}/{gap.comparison}/p_adjusted", gap.holm


def _multiverse(multiverse: Multiverse) -> Iterator[tuple[str, float]]:
    yield "multiverse/specifications", len(multiverse.specifications)
    yield "multiverse/failed", multiverse.failed
    for family, one in multiverse.families.items():
        for name in ("median", "low", "high", "beyond_zero"):
            yield f"multiverse/{family}/{name}", getattr(one, name)


def _policy(policy: Policy) -> Iterator[tuple[str, float]]:
    for place, one in enumerate(policy.shifts):
        for name in ("end_score", "response", "sessions", "sessions_per_response", "cost_per_response"):
            figure: Figure | None = getattr(one, name)
            if figure is not None:
                yield from _figure(f"policy/{place}/{name}", figure)
        yield f"policy/{place}/beyond", one.beyond


def _figure(key: str, figure: Figure) -> Iterator[tuple[str, float]]:
    yield key, figure.value
    if figure.low is not None and figure.high is not None:
        yield f"{key}_low", figure.low
        yield f"{key}_high", figure.high
