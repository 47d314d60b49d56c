"""The role of every column: id, group, factor, measure, or kept out; a column in doubt is kept out or known late."""

from collections.abc import Collection, Iterable

from therapport import instruments
from therapport.codebook import Landmark
from therapport.draft import kinds
from therapport.draft.column import Column
from therapport.draft.defaults import DefaultFactor, default_codebook
from therapport.draft.guess import Guess, Sureness
from therapport.draft.scores import Scores, first_moment, is_later
from therapport.draft.units import in_unit_of_name

UNTIL_REVIEWED = Landmark.WEEK_4
"""The latest landmark: a study at intake leaves such a factor out until somebody says when it is known."""
FAMILY_OF = {
    "alliance": "alliance",
    "technique": "technique",
    "competence": "technique",
    "credibility": "social_influence",
    "expectancy": "social_influence",
    "therapist skill": "social_influence",
    "readiness to change": "active_role",
    "reactance": "active_role",
    "resistance": "active_role",
    "motivation": "active_role",
    "homework": "active_role",
}
"""What a process instrument is about -> its family; symptoms and functioning are the patient's."""
INTAKE_ITSELF = ("intake", "pretreatment", "aanmelding")
"""Words that say intake whatever is measured; a *first* alliance may well be that of session 3."""
LARGEST = 1e12  # of an amount; larger numbers are codes or mistakes


def roles(columns: Iterable[Column], scores: Scores) -> list[Guess]:
    """One guess for each column, in the order of the file. Categories still lack their levels."""
    columns = list(columns)
    found: dict[str, Guess] = {}
    first = first_moment(columns)
    if (identifier := _id(columns)) is not None:
        found[identifier.column] = identifier
    for column in columns:
        level = column.says("group")
        if column.name not in found and level is not None and _is_group(column):
            taken = any(guess.role == "group" and guess.level == level for guess in found.values())
            found[column.name] = (
                _ignored(column, f"a second column of the {level}", "likely")
                if taken
                else Guess(
                    column.name, "group", f"named like the {level}; codes, please, not names", "likely", level=level
                )
            )
    return [found.get(column.name) or _role(column, scores, is_later(column, first)) for column in columns]


def _id(columns: list[Column]) -> Guess | None:
    named = [one for one in columns if one.says("id") and not one.says("group") and _tells_apart(one)]
    # `patient_id` before `episode_id` before a mere `id` elsewhere: the fewer words are left over, the better.
    wholly = [one for one in named if one.is_wholly_known]
    for one in (*wholly, *named):
        return Guess(one.name, "id", "named like an identifier, and different for every patient", "sure")
    for one in columns:
        if one.profile.looks_identifying and not one.says("person") and not one.profile.sentences and _tells_apart(one):
            return Guess(one.name, "id", "different for every patient; its name does not say so", "unsure")
    return None


def _tells_apart(column: Column) -> bool:
    return column.profile.form in ("integer", "text") and column.profile.distinct == column.profile.present > 1


def _is_group(column: Column) -> bool:
    profile = column.profile
    repeats = 1 < profile.distinct <= profile.present / 2
    return (
        profile.form in ("text", "integer", "truth")
        and repeats
        and not any(hit.sort in ("factor", "instrument", "outcome", "count") for hit in column.hits)
    )


def _role(column: Column, scores: Scores, later: bool) -> Guess:  # noqa: PLR0911, PLR0912 - one line for each reason to keep a column out
    profile, moment = column.profile, column.moment
    if profile.form in ("empty", "constant"):
        return _ignored(column, f"{profile.form}: it tells nobody apart", "sure")
    if column.says("person"):
        return _ignored(column, "may point at a person", "sure")
    if profile.form == "date" or column.says("date"):
        return _ignored(column, "a date; compute ages and durations from it, if they are wanted", "sure")
    if profile.form == "decimal comma":
        return _ignored(column, "numbers with a decimal comma: save them with a point", "sure")
    if column.says("group"):
        return _ignored(column, "named like a group, but its values are not those of one", "likely")
    if column.says("id"):
        return _ignored(column, "another identifier", "likely")
    if column.is_item or column.name in scores.many:
        return _ignored(column, "one of many: an item or a session; use the total score", "likely")
    if profile.form == "text" and (column.says("text") or profile.sentences or profile.looks_identifying):
        return _ignored(column, "free text, or a value of one's own for nearly every patient", "sure")
    if column.says("count") and not column.says("factor") and profile.form == "integer":
        return Guess(
            column.name,
            "measure",
            "a total of the whole treatment, known at its end",
            "likely",
            kind="count",
            label=_label(column, None),
            missing_codes=profile.codes,
        )
    ended = column.says("outcome") or (moment is not None and moment.stage == "after") or column.name in scores.measures
    if ended or later or column.says("count"):
        return _at_the_end(column, scores)
    known = (
        any(column.says(sort) for sort in ("factor", "instrument", "background")) or column.name in scores.instrument
    )
    if not known and profile.looks_identifying:
        return _ignored(
            column, "a number of one's own for nearly every patient: an identifier, as far as we see", "likely"
        )
    if not known and profile.form == "integer" and "code" in column.base:
        return _ignored(column, "codes, not an amount: name it under [groups], or describe its levels", "likely")
    if profile.numbers.size and abs(profile.numbers).max() > LARGEST:
        return _ignored(column, "holds numbers too large for an amount: a code or a mistake", "likely")
    return _factor(column, scores)


def _at_the_end(column: Column, scores: Scores) -> Guess:
    instrument = scores.instrument.get(column.name)
    profile = column.profile
    if instrument is not None and not column.says("outcome"):
        shipped = instruments.all_instruments().get(instrument)
        known = shipped.range if shipped is not None else None
        return Guess(
            column.name,
            "measure",
            "a score after the first, by its name",
            _sureness(column),
            kind="score",
            instrument=instrument,
            label=_label(column, instrument),
            missing_codes=profile.codes_beside(known),
            flaw=kinds.flaw(column, instrument),
        )
    if profile.form == "truth":
        return Guess(
            column.name,
            "measure",
            "named like an outcome, with two values",
            "likely",
            kind="boolean",
            label=_label(column, None),
            missing_codes=profile.codes,
            event=column.says("outcome") or "",
        )
    return _ignored(column, "could be known only at the end: an outcome, so never a factor", "likely")


def _factor(column: Column, scores: Scores) -> Guess:
    instrument = scores.instrument.get(column.name)
    default = _default(column, instrument)
    if default is not None and default.audit_only:
        return _ignored(column, f"{default.label}: for checks of fairness, not for predicting", "likely")
    shipped = instruments.all_instruments().get(instrument or "")
    own = next((one.range for one in scores.own if one.name == instrument), None)
    kind = kinds.kind(column, default, is_score=instrument is not None)
    known_range = own or (shipped.range if shipped is not None else default.range if default is not None else None)
    is_shipped = shipped is not None
    allowed, about_range = (
        kinds.allowed_range(column, known_range, fixed=is_shipped) if kind in ("number", "integer") else (None, "")
    )
    known_at, about_time = _known_at(column, default, instrument, firsts={pair.before for pair in scores.pairs})
    return Guess(
        column.name,
        "factor",
        "; ".join(part for part in (_reason(column, default, instrument), about_time, about_range) if part),
        _sureness(column, is_on_another_scale=instrument is None and column.says("instrument") is not None),
        label=_label(column, instrument),
        kind=kind,
        family=_family(column, default, instrument),
        known_at=known_at,
        range=allowed,
        unit=default.unit if default is not None and allowed == default.range else "points" if instrument else "",
        instrument=instrument,
        level_labels=column.profile.labels,
        missing_codes=column.profile.codes_beside(allowed),
        flaw=kinds.flaw(column, instrument) if allowed is not None else "",
        modifiable=default.modifiable if default is not None else instrument in instruments.process(),
        usual_levels=default.levels if default is not None else (),
    )


def _default(column: Column, instrument: str | None) -> DefaultFactor | None:
    """The factor of that name, or the one that a process instrument usually measures."""
    known = default_codebook()
    if (name := column.says("factor")) is not None:
        return in_unit_of_name(known[name], column)
    if instrument not in instruments.process():
        return None
    return next((factor for factor in known.values() if factor.instrument == instrument), None)


def _known_at(  # noqa: PLR0911 - one line for each way of knowing
    column: Column, default: DefaultFactor | None, instrument: str | None, *, firsts: Collection[str]
) -> tuple[Landmark, str]:
    moment = column.moment
    process = (instrument or column.says("instrument")) in instruments.process()
    usual = Landmark.SESSION_3 if process else Landmark.INTAKE if instrument else None
    usual = default.known_at if default is not None else usual
    usual = Landmark.INTAKE if usual is None and column.says("background") else usual
    if moment is not None and moment.stage == "during" and moment.landmark is not None:
        return moment.landmark, f"{moment.words}, by its name"
    if column.name in firsts:
        return Landmark.INTAKE, "the first of several scores"
    if moment is not None and moment.stage == "before" and moment.words in INTAKE_ITSELF:
        return Landmark.INTAKE, "at intake, by its name"
    if moment is not None and moment.stage in ("ordinal", "bare") and moment.number > 1:
        return UNTIL_REVIEWED, f"{moment.words}: known late until you say when"
    if usual is not None:
        late = " (known late: only studies at that landmark use it)" if usual is not Landmark.INTAKE else ""
        return usual, f"usually known at {usual.value}{late}"
    if moment is not None and moment.landmark is not None:
        return moment.landmark, "before treatment, by its name"
    return UNTIL_REVIEWED, "when it is known we cannot tell: put late, so that nothing leaks, until you say when"


def _family(column: Column, default: DefaultFactor | None, instrument: str | None) -> str:
    if instrument in instruments.symptoms() and column.moment is not None and column.moment.stage == "during":
        return "early_change"
    known = instruments.all_instruments()
    if default is not None and instrument not in known:
        return default.family
    # An alliance on another scale than the one that is shipped is still an alliance.
    named = known.get(instrument or "") or known.get(column.says("instrument") or "")
    return FAMILY_OF.get(named.about, "patient") if named is not None else "patient"


def _reason(column: Column, default: DefaultFactor | None, instrument: str | None) -> str:
    shipped = instruments.all_instruments().get(instrument or "")
    if shipped is not None:
        return f"named like {shipped.label}, and the values fit"
    if column.says("instrument") and instrument is None:
        return "named like an instrument, but the values do not fit its range"
    if default is not None:
        return f"named like {default.label.lower()}"
    if column.says("background"):
        return "a circumstance that the catalogue of factors does not hold"
    return "the name is not known to us: choose the family"


def _sureness(column: Column, *, is_on_another_scale: bool = False) -> Sureness:
    if not column.says("factor") and not column.says("instrument"):
        return "likely" if column.says("background") else "unsure"
    return "sure" if column.is_wholly_known and not is_on_another_scale else "likely"


def _label(column: Column, instrument: str | None) -> str:
    shipped = instruments.all_instruments().get(instrument or "")
    plain = " ".join(column.name.replace("_", " ").split())
    plain = "".join(mark for mark in plain if mark.isprintable()) or "Column without a name"
    if shipped is not None:
        return f"{shipped.label} ({plain})"
    return plain if any(mark.isupper() for mark in plain) else plain[0].upper() + plain[1:]


def _ignored(column: Column, why: str, sure: Sureness) -> Guess:
    return Guess(column.name, "ignored", why, sure)
