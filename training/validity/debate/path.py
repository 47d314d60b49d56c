"""The path held against the simulator's: parts, coverage, scenarios recognised, sessions, variance of therapists."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport import simulator
from therapport.predictor.evidence import Figure
from therapport.simulator import path_model
from therapport.simulator import sessions as simulated
from therapport.simulator.path_model import LINEAR_CORE
from training.shares.path import between, effects
from training.shares.path import sessions as by_session
from training.shares.path.between import Fitted
from training.shares.path.effects import Layout
from training.shares.path.found import standardised_product
from training.shares.path.stages import standardised
from training.shares.therapists import components
from training.validity.debate import latent
from training.validity.page import Done, Section, table

FloatArray = NDArray[np.float64]
STUDIES, FIRST_SEED = 200, 1001
PATIENTS, THERAPISTS, DRAWS = 1_000, 50, 300
SESSION_STUDIES, SESSION_PATIENTS = 60, 2_000
THERAPIST_EFFECT = 0.05
SEEDS = range(1, 4)
FIRST = ("alli3", "expect", "ther")
STAGES = {"resistance": ("resist3",), "active role": ("engage",), "technique": ("tech_adh", "tech_comp")}
BACKGROUND = ("sev", "chron", "depriv", "react", "format_guided")
NAMES = (*BACKGROUND, *FIRST, *(name for names in STAGES.values() for name in names))
SMALL = 0.05
LINEAR_PATH = 0.07
"""`alliance_to_symptoms` unless it is set."""


@dataclass(frozen=True)
class Seen:
    """The parts of the alliance in one cohort, and what goes with technique."""

    total: Figure
    direct: Figure
    mediated: Figure
    technique: tuple[Figure, ...]
    doors: tuple[Figure, ...]


def layout() -> Layout:
    """Where the variables of the path model stand among `NAMES`."""
    place = {name: number for number, name in enumerate(NAMES, start=1)}
    last = len(NAMES) + 1
    return Layout(
        background=tuple(place[name] for name in BACKGROUND),
        first=tuple(place[name] for name in FIRST),
        stages=tuple(tuple(place[name] for name in names) for names in STAGES.values()),
        outcome=last,
        doors=(last + 1, last + 2),
    )


def truth() -> effects.Effects:
    """In closed form, from the correlations that the path model implies; no products."""
    names = [*NAMES, path_model.OUTCOME]
    moments = np.eye(len(names) + 1)
    moments[1:, 1:] = path_model.implied_correlations(LINEAR_CORE).loc[names, names].to_numpy()
    own = layout()
    return effects.effects(moments, Layout(own.background, own.first, own.stages, own.outcome))


def fitted(made: simulator.Simulated, *, seed: int, draws: int = DRAWS) -> Fitted:
    """The path in the latent values of a cohort, therapists drawn again."""
    values = np.column_stack([standardised(made.latent[name].to_numpy()) for name in (*NAMES, path_model.OUTCOME)])
    resist = values[:, NAMES.index("resist3")]
    products = [standardised_product(values[:, NAMES.index(name)], resist) for name in STAGES["technique"]]
    return between.fit(np.column_stack([values, *products]), layout(), _therapist(made), draws=draws, seed=seed)


def seen(scenario: str, seed: int, *, patients: int = 4_000, therapists: int = 80) -> Seen:
    """One cohort of a scenario."""
    made = _made(seed, patients, therapists, scenario=scenario)
    total, direct, mediated, _, _, arrows, _, doors = fitted(made, seed=seed).parts()
    into = [figure for (source, end), figure in zip(effects.arrows(layout()), arrows, strict=True)
            if end == layout().outcome and source in layout().stages[-1]]  # fmt: skip
    return Seen(total[0], direct[0], mediated[0], tuple(into), tuple(doors))


SIGNS: Mapping[str, tuple[str, Callable[[Seen], bool]]] = {
    "published": (
        "part of the alliance is mediated, part is direct",
        lambda one: _clear(one.direct) and _clear(one.mediated),
    ),
    "common_factors_only": (
        "alliance has both parts; technique goes with nothing",
        lambda one: _clear(one.direct) and _clear(one.mediated) and not any(map(_found, one.technique)),
    ),
    "techniques_only": (
        "technique goes with the outcome; nothing passes from alliance, nothing is direct",
        lambda one: all(map(_found, one.technique)) and not _found(one.direct) and not _found(one.mediated),
    ),
    "null": ("nothing goes with the outcome", lambda one: not any(map(_found, (one.total, *one.technique)))),
    "keijsers": (
        "all of the alliance is mediated, and what goes with technique depends on resistance",
        lambda one: _clear(one.mediated) and not _found(one.direct) and all(map(_clear, one.doors)),
    ),
}


def section() -> Section:
    """Coverage, scenarios, sessions and therapists."""
    return Section(2 * STUDIES + len(SIGNS) * len(SEEDS) + SESSION_STUDIES, _lines)


def within(seed: int, *, patients: int = SESSION_PATIENTS) -> by_session.Within:
    """Alliance to the next session's symptoms in the sessions of one cohort."""
    made = _made(seed, patients, THERAPISTS)
    frame = made.sessions.to_pandas()
    place = {name: number for number, name in enumerate(made.cohort["patient_id"])}
    held = {}
    for name in ("wai_sr", "homework", "phq9"):
        own = frame[frame["measure"] == name]
        held[name] = np.full((patients, simulated.MOST + 1), np.nan)
        rows = own["episode_id"].astype(str).map(place).to_numpy()
        held[name][rows, own["session"].to_numpy()] = own["value"].to_numpy()
    steps = by_session.steps(held["wai_sr"], [held["homework"]], held["phq9"])
    found = by_session.within(steps, _therapist(made), draws=DRAWS, seed=seed)
    if found is None:
        raise ValueError("too few sessions")
    return found


def of_therapists(seed: int) -> Figure:
    """The share of the latent outcome's variance between therapists, nothing held constant."""
    made = _made(seed, PATIENTS, THERAPISTS, therapist_effect=THERAPIST_EFFECT)
    outcome = made.latent[path_model.OUTCOME].to_numpy()
    return components.shares(np.empty((PATIENTS, 0)), outcome, [_therapist(made)]).shares[0]


def true_share_of_therapists() -> float:
    """The rated skill's and the rest."""
    skill = path_model.implied_correlations(LINEAR_CORE)[path_model.OUTCOME].to_dict()["ther"]
    return float(skill**2 + THERAPIST_EFFECT)


def _made(
    seed: int, patients: int, therapists: int, *, scenario: str = "published", therapist_effect: float = 0.0
) -> simulator.Simulated:
    return simulator.simulate(
        scenario=scenario,
        patients=patients,
        therapists=therapists,
        sites=8,
        seed=seed,
        missing=0,
        parameters=latent.WITHOUT_CASENESS | {"therapist_effect": therapist_effect},
    )


def _therapist(made: simulator.Simulated) -> NDArray[np.int64]:
    return np.asarray(pd.factorize(made.cohort["therapist_id"])[0], dtype=np.int64)


def _clear(figure: Figure) -> bool:
    return figure.low is not None and figure.high is not None and (figure.low > 0 or figure.high < 0)


def _found(figure: Figure) -> bool:
    """Beyond chance, and not small."""
    return _clear(figure) and abs(figure.value) > SMALL


def _holds(figure: Figure, value: float) -> bool:
    return figure.low is not None and figure.high is not None and figure.low <= value <= figure.high


def _lines(done: Done) -> Iterator[str]:
    yield "## Paths\n"
    yield (
        f"The path of `therapport shares` against the simulator's own, in closed form. {STUDIES} studies of "
        f"{PATIENTS:,} patients of {THERAPISTS} therapists, `published`, latent values before caseness, {DRAWS} draws. "
        f"Monte Carlo error of a coverage of .95: {np.sqrt(0.95 * 0.05 / STUDIES):.3f}.\n"
    )
    yield from _coverage(done)
    yield "### Scenarios recognised by their paths\n"
    yield from _scenarios(done)
    yield "### From session to session\n"
    yield from _sessions(done)
    yield "### Variance between therapists\n"
    yield from _variance(done)


def _coverage(done: Done) -> Iterator[str]:
    true = truth()
    each = []
    for seed in range(FIRST_SEED, FIRST_SEED + STUDIES):
        total, direct, mediated, through, *_ = fitted(_made(seed, PATIENTS, THERAPISTS), seed=seed).parts()
        each.append([*total, *direct, *mediated, *through])
        done()
    expected = np.concatenate([true.total, true.direct, true.mediated, true.through.ravel()])
    kinds = ["total", "direct", "mediated", *(f"through {stage}" for stage in STAGES)]
    labels = [f"`{name}`, {kind}" for kind in kinds for name in FIRST]
    rows = []
    for place, (label, value) in enumerate(zip(labels, expected, strict=True)):
        own = [one[place] for one in each]
        found = np.array([one.value for one in own])
        held = np.mean([_holds(one, float(value)) for one in own])
        rows.append(
            [label, f"{round(value, 4) + 0.0:.4f}", f"{found.mean():.4f}", f"{found.std(ddof=1):.4f}", f"{held:.3f}"]
        )
    yield from table(["Part", "true", "found", "SD", "coverage"], rows)


def _scenarios(done: Done) -> Iterator[str]:
    rows = []
    for scenario, (sign, holds) in SIGNS.items():
        found = []
        for seed in SEEDS:
            found.append(seen(scenario, seed))
            done()
        times = sum(map(holds, found))
        means = [np.mean([getattr(one, part).value for one in found]) for part in ("total", "direct", "mediated")]
        doors = np.mean([[door.value for door in one.doors] for one in found])
        verdict = "recognised" if times == len(SEEDS) else "NOT ALWAYS recognised"
        cells = [f"{value:.3f}" for value in (*means, doors)]
        rows.append([f"`{scenario}`: {sign}", *cells, f"{times} of {len(SEEDS)}: {verdict}"])
    header = ["Scenario and sign", "alliance, total", "direct", "mediated", "technique x resistance", "seen"]
    yield from table(header, rows)


def _sessions(done: Done) -> Iterator[str]:
    value = -LINEAR_PATH * simulated.SYMPTOM_SD / simulated.ALLIANCE_SD
    rows: dict[str, list[tuple[float, bool]]] = {"own past": [], "own mean of all sessions": []}
    carried = []
    for seed in range(FIRST_SEED, FIRST_SEED + SESSION_STUDIES):
        one = within(seed)
        for label, figure in (("own past", one.total), ("own mean of all sessions", one.centred)):
            rows[label].append((figure.value * one.points, _holds(figure, value / one.points)))
        carried.append(_holds(one.mediated, 0.0))
        done()
    cells = []
    for label, found in rows.items():
        values = np.array([one for one, _ in found])
        held = np.mean([inside for _, inside in found])
        cells.append([label, f"{value:.3f}", f"{values.mean():.3f}", f"{values.std(ddof=1):.3f}", f"{held:.3f}"])
    yield (
        f"PHQ-9 points at the next session per point of the WAI-SR, {SESSION_STUDIES} studies of "
        f"{SESSION_PATIENTS:,} patients. Homework carries none of it there; the interval of what it carries held 0 in "
        f"{np.mean(carried):.3f} of studies. Symptoms feed back into alliance, which is what spoils the second line.\n"
    )
    yield from table(["Level taken out by", "true", "found", "SD", "coverage"], cells)


def _variance(done: Done) -> Iterator[str]:
    value, found = true_share_of_therapists(), []
    for seed in range(FIRST_SEED, FIRST_SEED + STUDIES):
        found.append(of_therapists(seed))
        done()
    each = np.array([one.value for one in found])
    held = np.mean([_holds(one, value) for one in found])
    yield f"The same studies, {THERAPIST_EFFECT:.2f} of the variance added between therapists beyond their skill.\n"
    row = ["therapists", f"{value:.4f}", f"{each.mean():.4f}", f"{each.std(ddof=1):.4f}", f"{held:.3f}"]
    yield from table(["Share of variance", "true", "found", "SD", "coverage"], [row])
