"""What can be chosen in a cohort, and the specifications that follow."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from therapport.codebook import Landmark
from therapport.errors import ConfigurationError
from therapport.outcome import Outcome, Response
from training.design import Design
from training.shares.multiverse.table import END_SCORE, Missing
from training.study import Study

KINDS = {
    "outcome": "Outcome",
    "rater": "Rater",
    "landmark": "Landmark",
    "model": "Model",
    "family_map": "Families",
    "early_change": "Early change",
    "missing": "Missing data",
}
MODELS = {"linear": "linear model", "xgboost": "boosted trees"}
MISSING: dict[Missing, str] = {
    "filled_in": "factors filled in, lost outcomes left out",
    "complete": "complete patients only",
    "carried_forward": "lost outcomes: last known score",
}
EARLY = {"in": "among the factors", "out": "left out"}
AS_IS, PATIENTS_OWN, ALL = "codebook", "brought_along", "all"
RESPONSES = ("reliable_improvement", "recovery", "half_drop")
_RATER = re.compile(r"(?:rated|seen|judged) by (?:the |an? )?(patient|therapist|observer)", re.IGNORECASE)


@dataclass(frozen=True)
class Choices:
    """Kind of choice -> name -> label; the study's own choice comes first."""

    of: Mapping[str, Mapping[str, str]]
    raters: Mapping[str, tuple[str, ...]]
    maps: Mapping[str, Mapping[str, str]]
    most: int
    seed: int

    @property
    def possible(self) -> int:
        """How many specifications there are."""
        return int(np.prod([len(names) for names in self.of.values()]))

    @property
    def own(self) -> dict[str, str]:
        """The choices of the study itself."""
        return {kind: next(iter(names)) for kind, names in self.of.items()}

    def specifications(self) -> list[dict[str, str]]:
        """All of them, the study's own first; of too many those that are drawn, the same for the same seed."""
        every = [dict(zip(self.of, one, strict=True)) for one in itertools.product(*self.of.values())]
        if len(every) <= self.most:
            return every
        drawn = np.random.default_rng(self.seed).permutation(np.arange(1, len(every)))[: self.most - 1]
        return [every[0], *(every[place] for place in sorted(drawn))]


def choices(design: Design) -> Choices:
    """Those that the study names, or that its codebook and cohort allow; what would change nothing is left out."""
    study = design.study
    table = study.table.multiverse
    raters = table.raters or _raters(study)
    maps = table.family_maps or _maps(study)
    early = [name for name in study.factors if name in early_changes(study)]
    landmarks = table.landmarks or _landmarks(study)
    named: dict[str, dict[str, str]] = {
        "outcome": _outcomes(study, table.outcomes),
        "rater": {ALL: "all raters"} | {name: name for name in raters} if raters else {ALL: "as in the study"},
        "landmark": {one.value: _moment(one) for one in _first(study.table.landmark, landmarks)},
        "model": {name: MODELS[name] for name in table.models},
        "family_map": {AS_IS: "as in the codebook"} | {name: _map_label(name) for name in maps},
        "early_change": {name: EARLY[name] for name in (table.early_change or (("in", "out") if early else ("out",)))},
        "missing": {name: MISSING[name] for name in (table.missing or _missing(design))},
    }
    return Choices(named, raters, maps, table.most, study.table.seed)


def early_changes(study: Study) -> tuple[str, ...]:
    """Scores of the outcome's instrument that are known after intake, but for the study's severity."""
    if study.instrument is None:
        return ()
    own = study.codebook.measures[study.table.outcome.after or ""].instrument
    return tuple(
        name
        for name, factor in study.codebook.factors.items()
        if factor.instrument == own and factor.known_at is not Landmark.INTAKE and name != study.table.severity
    )


def _outcomes(study: Study, named: Sequence[str] | None) -> dict[str, str]:
    table = study.table.outcome
    found = dict.fromkeys(named) if named else dict.fromkeys(_drafted_outcomes(study))
    own = table.response.value if table.response is not None else END_SCORE
    if table.wants_end_score:
        own = END_SCORE
    order = sorted(found, key=lambda name: name != own)
    return {name: "end score" if name == END_SCORE else Response(name).value.replace("_", " ") for name in order}


def _drafted_outcomes(study: Study) -> list[str]:
    table, found = study.table.outcome, []
    if table.after is not None and study.codebook.measures[table.after].kind == "score":
        found.append(END_SCORE)
    if table.response is not None:
        found.append(table.response.value)
    if table.after is not None and table.before is not None and study.instrument is not None:
        for name in RESPONSES:
            try:
                stated(study, name)
            except ConfigurationError:
                continue
            found.append(name)
    return found


def stated(study: Study, name: str) -> Outcome:
    """The response of that name on the study's measure; raises ConfigurationError if a threshold is lacking."""
    table = study.table.outcome
    return Outcome.stated(
        Response(name),
        study.codebook.instrument_of(table.after or ""),
        cutoff=table.cutoff,
        reliable_change=table.reliable_change,
        remission=table.remission,
    )


def _landmarks(study: Study) -> tuple[Landmark, ...]:
    """The study's own and earlier ones, as far as each adds a factor and two families are known."""
    order = list(Landmark)
    if len(study.table.moments) > 1:
        return study.table.moments
    found: list[Landmark] = []
    seen: set[tuple[str, ...]] = set()
    for landmark in order[: order.index(study.table.landmark) + 1]:
        known = tuple(name for name in study.codebook.factors_known_at(landmark) if name in study.factors)
        enough = len(study.codebook.families_of(known)) > 1 and study.table.severity in known
        if enough and known not in seen:
            found.append(landmark)
        seen.add(known)
    return tuple(found)


def _first(own: Landmark, others: Sequence[Landmark]) -> list[Landmark]:
    return [own, *(one for one in others if one is not own)] if own in others or not others else list(others)


def _raters(study: Study) -> dict[str, tuple[str, ...]]:
    """From labels ("rated by the therapist"), where one family has factors of several raters."""
    found: dict[str, list[str]] = {}
    for members in study.codebook.families_of(study.factors).values():
        own = {name: match for name in members if (match := _RATER.search(study.codebook.factors[name].label))}
        if len({match.group(1).lower() for match in own.values()}) > 1:
            for name, match in own.items():
                found.setdefault(match.group(1).lower(), []).append(name)
    return {rater: tuple(names) for rater, names in found.items()}


def _maps(study: Study) -> dict[str, dict[str, str]]:
    """What a patient brings along (an active role known at intake) may as well count as the patient's."""
    codebook = study.codebook
    moved = {
        name: "patient"
        for name in study.factors
        if codebook.factors[name].family == "active_role" and codebook.factors[name].known_at is Landmark.INTAKE
    }
    left = any(codebook.factors[name].family == "active_role" and name not in moved for name in study.factors)
    return {PATIENTS_OWN: moved} if moved and left and "patient" in codebook.families else {}


def _map_label(name: str) -> str:
    return "active role known at intake is the patient’s" if name == PATIENTS_OWN else name.replace("_", " ")


def _missing(design: Design) -> tuple[Missing, ...]:
    found: list[Missing] = ["filled_in"]
    if any(np.isnan(target.matrix).any() for target in design.targets):
        found.append("complete")
    after = design.study.table.outcome.after
    if after is not None and design.study.table.outcome.before is not None and design.cohort.table[after].isna().any():
        found.append("carried_forward")
    return tuple(found)


def _moment(landmark: Landmark) -> str:
    return {"intake": "intake"}.get(
        landmark.value, landmark.value.replace("session", "session ").replace("week", "week ")
    )
