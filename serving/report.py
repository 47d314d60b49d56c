"""The report of a predictor: who, how good, what it rests on, how it was made; one HTML file that needs no network."""

from dataclasses import dataclass

from serving import learning_view, making, pages, patient_view, results, sentences
from serving.learning_view import Learning
from serving.patient_view import PatientView
from serving.text import number, sentence_case, short
from therapport.card import tables
from therapport.card.facts import cohort as facts
from therapport.cohort import Cohort
from therapport.performance import SMALLEST_CELL
from therapport.predictor import FactorProfile, Predictor, at_risk, prototypes

MOST_FACTORS = 15
"""So many are shown at once; the others unfold."""


@dataclass(frozen=True)
class ProfileRow:
    """One factor in the training cohort."""

    label: str
    unit: str
    known_at: str
    usual: str
    """Median and quartiles, or the shares of the levels."""
    missing: str


@dataclass(frozen=True)
class ProfileGroup:
    """The factors of one family in the training cohort."""

    label: str
    colour: int
    rows: tuple[ProfileRow, ...]


def render(predictor: Predictor) -> str:
    """The report as one self-contained HTML page."""
    return pages.render(
        "report.html",
        simulated=predictor.codebook.simulated,
        predictor=predictor,
        evidence=predictor.evidence,
        stats=_stats(predictor),
        profile=_profile(predictor),
        smallest=SMALLEST_CELL,
        results=results.results(predictor),
        most_factors=MOST_FACTORS,
        prototypes=_prototypes(predictor),
        making=making.receipt(predictor),
        explained=making.explained(predictor),
        refitted=making.refitted(predictor),
        landmark=sentences.at(predictor.landmark),
        table_one=tables.table_one(predictor),
        missing=tables.missing(predictor),
        missing_words=facts.missing_data(predictor) if predictor.evidence.missing else (),
        completeness=tables.completeness(predictor),
        learning=_learning(predictor),
        at_risk=_at_risk(predictor),
    )


def _learning(predictor: Predictor) -> tuple[tuple[str, Learning], ...]:
    drawn = (learning_view.learning(comparison) for comparison in predictor.evidence.comparisons)
    titles = (result.title for result in results.results(predictor))
    return tuple((title, one) for title, one in zip(titles, drawn, strict=True) if one is not None)


def _stats(predictor: Predictor) -> tuple[tuple[str, str], ...]:
    cohort = predictor.evidence.cohort
    # Where the codebook names the patient of an episode, the groups below count the patients.
    stats = [("episodes" if "patient" in cohort.groups else "patients", f"{cohort.patients:,}")]
    if cohort.with_outcome < cohort.patients:
        stats.append(("of them with a known outcome", f"{cohort.with_outcome:,}"))
    stats += [(f"{level}s" if count > 1 else level, f"{count:,}") for level, count in cohort.groups.items()]
    if cohort.base_rate is not None and predictor.outcome is not None:
        many = predictor.outcome.phrase.many
        stats.append(
            (f"{many} ({sentences.definition(predictor.outcome)})", f"{sentences.people(cohort.base_rate)} of 100")
        )
    if cohort.mean_end_score is not None and predictor.end_score_instrument is not None:
        stats.append((f"mean {predictor.end_score_instrument.label} at the end", number(cohort.mean_end_score, 1)))
    return tuple(stats)


def _at_risk(predictor: Predictor) -> str:
    cohort = predictor.evidence.cohort
    rows = "episodes" if "patient" in cohort.groups else "patients"
    return at_risk.sentence(cohort.at_risk, cohort.patients, rows=rows, when=sentences.at(predictor.landmark))


def _profile(predictor: Predictor) -> tuple[ProfileGroup, ...]:
    colours = {family: place for place, family in enumerate(predictor.codebook.families)}
    return tuple(
        ProfileGroup(
            predictor.codebook.families[family].label,
            colours[family],
            tuple(_profile_row(predictor, name) for name in members),
        )
        for family, members in predictor.families.items()
    )


def _profile_row(predictor: Predictor, name: str) -> ProfileRow:
    factor, known = predictor.codebook.factors[name], predictor.profile[name]
    labels = factor.levels or {"true": "yes", "false": "no"}
    return ProfileRow(
        label=factor.label,
        unit=factor.unit,
        # A summary of measurements is as of the moment of prediction, whenever it first exists.
        known_at=sentences.at(factor.known_at if factor.repeated_measure is None else predictor.landmark),
        usual=_usual(known, labels),
        missing=_missing(known.missing, predictor.evidence.cohort.patients),
    )


def _usual(known: FactorProfile, labels: dict[str, str]) -> str:
    if known.levels:
        return "; ".join(f"{labels.get(level, level)} {100 * share:.0f} %" for level, share in known.levels.items())
    if known.median is None or known.quartile_1 is None or known.quartile_3 is None:
        return "too few people to be shown"
    return f"{short(known.median)} ({short(known.quartile_1)} to {short(known.quartile_3)})"


def _missing(share: float, patients: int) -> str:
    """A share that stands for fewer than ten people is not told."""
    if share == 0:
        return "none"
    return f"fewer than {SMALLEST_CELL}" if share * patients < SMALLEST_CELL else f"{100 * share:.0f} %"


def _prototypes(predictor: Predictor) -> tuple[tuple[str, PatientView], ...]:
    cohort = prototypes(predictor)
    return tuple(
        (
            sentence_case(str(cohort.table[predictor.codebook.id].iloc[place])),
            patient_view.patient_view(
                predictor, Cohort(cohort.codebook, cohort.table.iloc[[place]].reset_index(drop=True))
            ),
        )
        for place in range(len(cohort.table))
    )
