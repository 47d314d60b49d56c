"""The card of a predictor: the sections of Mitchell et al. (2019), then the checklist, then the full model."""

from therapport.card import elsewhere_tables, specification, tables, words
from therapport.card.checklist import checklist
from therapport.card.document import Card, Entry, Section, entry
from therapport.card.facts import cohort, method, people, results, use
from therapport.predictor import Predictor

SIMULATED = "Simulated: nobody in this cohort exists"


def card(predictor: Predictor) -> Card:
    """Everything that a card says."""
    return Card(
        title=predictor.evidence.title,
        model=f"{predictor.name}, version {predictor.version}",
        simulated=predictor.codebook.simulated,
        summary=cohort.summary(predictor),
        sections=_sections(predictor),
        checklist=checklist(predictor),
    )


def _sections(of: Predictor) -> tuple[Section, ...]:
    stated = of.evidence.card
    return (
        Section(
            "Model details",
            (
                Entry("Model", (f"{of.name}, version {of.version}.", *specification.sentences(of))),
                Entry("Predicts", (*cohort.outcome(of), f"At {words.MOMENTS[of.landmark]}.")),
                entry("Owner", (), stated, ("owner",)),
                entry("Questions and comments", (), stated, ("contact",)),
                entry("Licence of the model", (), stated, ("licence",)),
            ),
        ),
        Section(
            "Intended use",
            (
                entry("Use", use.LIMITS[:1], stated, ("intended_use",)),
                entry("Users", (), stated, ("users",)),
                entry("Not for", use.LIMITS[1:], stated, ("out_of_scope",)),
            ),
        ),
        Section(
            "Factors",
            (
                Entry("Families", (f"{words.listed(_families(of))}.",)),
                entry("Groups of people", cohort.setting(of), stated, ("inequalities",)),
                Entry("Missing or poor input", use.poor_input(of)),
            ),
            (tables.factors(of),),
        ),
        Section(
            "Metrics",
            (
                Entry("Measures", method.measures(of)),
                entry("Thresholds", method.output(of), stated, ("thresholds",)),
            ),
        ),
        Section("Evaluation data", (Entry("How it was judged", method.use_of_data(of)),)),
        Section(
            "Training data",
            (
                entry("Source", (*cohort.source(of), *cohort.dates(of)), stated, ("data_source", "dates")),
                Entry("Numbers", cohort.flow(of)),
                Entry("Missing values", tuple(one for one in cohort.missing_data(of) if one not in cohort.flow(of))),
            ),
            (*tables.table_one(of), *tables.missing(of)),
        ),
        Section(
            "Quantitative analyses",
            (
                Entry("Results", results.performance(of)),
                Entry("Between groups", results.heterogeneity(of)),
                Entry("More patients", _more_patients(of)),
            ),
            (
                *tables.figures(of),
                *elsewhere_tables.sites(of),
                *elsewhere_tables.in_time(of),
                *elsewhere_tables.subgroups(of),
                *elsewhere_tables.lost(of),
                *tables.completeness(of),
                *tables.learning(of),
            ),
        ),
        Section(
            "Ethical considerations",
            (
                Entry(
                    "Patients’ data",
                    ("Neither the model nor this card holds a row of a patient; counts below 10 are not told.",),
                ),
                entry("Approval and consent", (), stated, ("ethics",)),
                entry("Fairness", tuple(people.fairness(of)), stated, ("fairness",)),
            ),
        ),
        Section(
            "Caveats and recommendations",
            (
                entry("Limits", use.limitations(of), stated, ("limitations",)),
                entry("Next", use.NEXT_STEPS, stated, ("next_steps",)),
            ),
        ),
        Section("The full model", (), specification.coefficients(of), note=_of_trees(of)),
    )


def _families(of: Predictor) -> list[str]:
    return [f"{of.codebook.families[family].label} ({len(members)})" for family, members in of.families.items()]


def _more_patients(of: Predictor) -> tuple[str, ...]:
    said = tuple(one.learning.sentence for one in of.evidence.comparisons if one.learning is not None)
    return said or ("No learning curve was asked for (therapport compare --learning-curve).",)


def _of_trees(of: Predictor) -> str:
    every = specification.models(of).values()
    lacking = len(every) - len(specification.coefficients(of))
    return "Trees are too many for a table: they stand in the model’s folder." if lacking else ""
