"""From a design to everything of item 5."""

from collections.abc import Sequence

from training.design import Design
from training.shares import progress, worth
from training.shares.across import answer, differ, kinds, strata, taking_part
from training.shares.across.kinds import Delivered
from training.shares.across.results import AcrossDelivery, AcrossOutcome
from training.shares.material import Material
from training.shares.progress import Done, Reached

STEPS = 30
"""Of progress, for each outcome."""


def found(
    design: Design, played: Sequence[Material], definitions: Sequence[str], *, done: Done
) -> AcrossDelivery | None:
    """None where the cohort has one kind of delivery only; `played` and `definitions` are those of its outcomes."""
    delivered = kinds.delivered(design)
    if not delivered.splits:
        return None
    outcomes: list[AcrossOutcome] = []
    left_out: dict[str, None] = {}
    for material, definition in zip(played, definitions, strict=True):
        with progress.block(done, STEPS) as reached:
            outcome, lacking = _outcome(design, delivered, material, definition, reached)
        outcomes.append(outcome)
        left_out |= dict.fromkeys(lacking)
    gaps = taking_part.gaps(design, delivered)
    done()
    labels = {name: one.label for name, one in design.study.codebook.factors.items()}
    return AcrossDelivery(
        splits={split.name: split.label for split in delivered.splits},
        outcomes=tuple(outcomes),
        left_out=tuple(left_out),
        gaps=gaps,
        adjusted_for=tuple(labels[name] for name in taking_part.adjusters(design, delivered, intake=True)),
        alliance=tuple(labels[name] for name in taking_part.adjusters(design, delivered, intake=False)),
        answer=answer.answer(gaps),
    )


def _outcome(
    design: Design, delivered: Delivered, material: Material, definition: str, reached: Reached
) -> tuple[AcrossOutcome, list[str]]:
    shares, members, lacking = strata.of(design, delivered, material, reached=progress.part(reached, 0.0, 0.3))
    by_split = {
        split.name: {kind: own for (name, kind), own in members.items() if name == split.name}
        for split in delivered.splits
    }
    differences = differ.differ(
        material, by_split, seed=design.study.table.seed, reached=progress.part(reached, 0.3, 1.0)
    )
    told = {(one.split, family) for one in shares for family in one.families}
    outcome = AcrossOutcome(
        kind=material.target.kind,
        definition=definition,
        measure="scaled_brier" if worth.measures(binary=material.binary)[0] == "scaled_brier" else "r2",
        strata=tuple(shares),
        differences=tuple(one for one in differences if (one.split, one.family) in told),
        permutations=differ.PERMUTATIONS,
    )
    return outcome, lacking


def steps(design: Design) -> int:
    """How many times `found` reports progress."""
    return STEPS * len(design.targets) + 1 if kinds.delivered(design).splits else 0
