"""The job `promote`: the challenger is judged by the rules that its study stated, and the verdict is kept."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from therapport.errors import ModelError, RegistryError
from therapport.performance import Estimate, OutOfFold, bootstrap_weights, paired_difference
from therapport.predictor import Predictor
from therapport.predictor.evidence import Figure
from therapport.registry import aliases, checks, verdict
from therapport.registry.against_champion import Beside
from therapport.registry.check import Check
from therapport.registry.find import find
from therapport.registry.measure import WORDS
from therapport.registry.verdict import Verdict
from training import evaluation
from training.design import Design
from training.evaluation import LOSS
from training.external import frozen, subgroups
from training.external.frozen import Answered

COLOURS = {"passed": "green", "failed": "red", "not assessed": "yellow"}


def run(name: str, *, on: Path | None = None, force: str | None = None) -> None:
    """Judge, keep the verdict, and promote if nothing stops it, or a reason is given.

    Raises RegistryError if the gate stays shut, or there is nothing to promote.
    """
    console = Console()
    if force is not None and not force.strip():
        raise RegistryError(f"{name}: --force needs a reason; it is kept with the version.")
    number, champion_number = aliases.challenger(name)
    challenger = find(f"models:/{name}/{number}")
    champion, unreadable = _champion(name, champion_number)
    beside = None if on is None else _beside(name, challenger, champion, on)
    with console.status("Judging the challenger"):
        found = (*unreadable, *checks.judge(challenger, champion, beside=beside))
    judged = Verdict(
        name=name,
        version=number,
        model_version=challenger.version,
        champion=champion_number,
        rules=challenger.evidence.gate,
        checks=found,
        judged_at=verdict.now(),
        forced=force if any(check.stops for check in found) else None,
    )
    console.print(_table(judged))
    verdict.store(judged)
    if judged.word == "failed":
        raise RegistryError(
            f"{name}: version {number} is not promoted; the verdict is kept with it. "
            f'To promote it all the same: therapport promote {name} --force "reason".',
            [f"{check.name}: {check.standing}: {check.figure}" for check in judged.stopped_by],
        )
    promotion = aliases.promote(name, is_the_same=champion is not None and champion.version == challenger.version)
    followed = f"; version {promotion.previous} is kept as 'previous'" if promotion.previous else ""
    by_force = " by force" if judged.word == "forced" else ""
    console.print(f"{name}: version {promotion.version} is now champion{by_force}{followed}.", soft_wrap=True)
    console.print(f"Next: therapport report models:/{name}@champion -o report.html", soft_wrap=True)


def _champion(name: str, number: str | None) -> tuple[Predictor | None, tuple[Check, ...]]:
    """The champion; one of another format stops the challenger, and must not stop a reason."""
    if number is None:
        return None, ()
    try:
        return find(f"models:/{name}/{number}"), ()
    except ModelError:
        return None, (Check("champion", "not assessed", f"version {number}, the champion, cannot be read"),)


def _beside(name: str, challenger: Predictor, champion: Predictor | None, on: Path) -> Beside:
    design = frozen.read(on, landmark=challenger.landmark)
    for one in (challenger, champion):
        if one is not None:
            frozen.require_fit(one, design.study)
            frozen.require_external(one, design.cohort, advice="Name a study of patients new to both versions.")
    own = {one.kind: one for one in frozen.answered(challenger, design)}
    theirs = {} if champion is None else {one.kind: one for one in frozen.answered(champion, design)}
    if missing := {one.kind for one in challenger.evidence.comparisons} - set(own):
        words = ", ".join(WORDS[kind] for kind in sorted(missing))
        raise ModelError(f"{name} cannot be judged on {on}: the study has no {words}.")
    return Beside(
        f"on {design.study.name}, {len(design.cohort.table):,} {design.study.rows}",
        {kind: _figures(one, design) for kind, one in own.items()},
        {kind: _figures(one, design) for kind, one in theirs.items()},
        {kind: _difference(own[kind], theirs[kind], design) for kind in own if kind in theirs},
        {kind: _subgroups(one, design) for kind, one in own.items()},
    )


def _subgroups(answered: Answered, design: Design) -> dict[str, dict[str, Figure]]:
    found = subgroups.by_level(design, answered)
    return {level: {name: _figure(one) for name, one in figures.items()} for level, figures in found.items()}


def _figures(answered: Answered, design: Design) -> dict[str, Figure]:
    found = evaluation.metrics(
        design.study, answered.kind, answered.predictions, _weights(answered.predictions, design)
    )
    return {name: _figure(estimate) for name, estimate in found.items()}


def _difference(own: Answered, theirs: Answered, design: Design) -> Figure:
    """On the patients whom both answer: what either abstains in is no reason to prefer the other."""
    _, here, there = np.intersect1d(own.rows, theirs.rows, return_indices=True)
    a, b = frozen.subset(own.predictions, here), frozen.subset(theirs.predictions, there)
    return _figure(paired_difference(a, b, _weights(a, design), loss=LOSS[own.kind]))


def _weights(predictions: OutOfFold, design: Design) -> NDArray[np.float64]:
    settings = design.study.table
    return bootstrap_weights(predictions.cluster, draws=settings.validation.draws, seed=settings.seed)


def _figure(estimate: Estimate) -> Figure:
    return Figure(value=estimate.value, low=estimate.low, high=estimate.high)


def _table(judged: Verdict) -> Table:
    table = Table("Check", "Verdict", "Figure", title=f"Gate: {judged.name}, version {judged.version}")
    for check in judged.checks:
        table.add_row(check.name, _coloured(check), escape(check.figure))
    return table


def _coloured(check: Check) -> str:
    text = check.standing if check.stops or check.standing != "not assessed" else "not assessed (does not stop it)"
    return f"[{COLOURS[check.standing]}]{text}[/]"
