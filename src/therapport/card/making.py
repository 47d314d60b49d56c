"""The card of a predictor: the sections of Mitchell et al. (2019), then the checklist, then the full model."""

from therapport.card import analysis_facts, facts, specification, tables, words
from therapport.card.checklist import checklist
from therapport.card.document import Card, Entry, Section, entry
from therapport.predictor import Predictor

SIMULATED = "Simulated: nobody in this cohort exists"


def card(predictor: Predictor) -> Card:
    """Everything that a card says."""
    return Card(
        title=predictor.evidence.title,
        model=f"{predictor.name}, version {predictor.version}",
        simulated=predictor.codebook.simulated,
        summary=facts.summary(predictor),
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
                Entry("Predicts", (*facts.outcome(of), f"At {words.MOMENTS[of.landmark]}.")),
                entry("Owner", (), stated, ("owner",)),
                entry("Questions and comments", (), stated, ("contact",)),
                entry("Licence of the model", (), stated, ("licence",)),
            ),
        ),
        Section(
            "Intended use",
            (
                entry("Use", analysis_facts.LIMITS[:1], stated, ("intended_use",)),
                entry("Users", (), stated, ("users",)),
                entry("Not for", analysis_facts.LIMITS[1:], stated, ("out_of_scope",)),
            ),
        ),
        Section(
            "Factors",
            (
                Entry("Families", (f"{words.listed(_families(of))}.",)),
                entry("Groups of people", facts.setting(of), stated, ("inequalities",)),
                Entry("Missing or poor input", analysis_facts.poor_input(of)),
            ),
            (tables.factors(of),),
        ),
        Section(
            "Metrics",
            (
                Entry("Measures", analysis_facts.measures(of)),
                entry("Thresholds", analysis_facts.output(of), stated, ("thresholds",)),
            ),
        ),
        Section("Evaluation data", (Entry("How it was judged", analysis_facts.use_of_data(of)),)),
        Section(
            "Training data",
            (
                entry("Source", facts.source(of), stated, ("data_source", "dates")),
                Entry("Numbers", facts.flow(of)),
                Entry("Missing values", facts.missing_data(of)),
            ),
            (*tables.table_one(of), *tables.missing(of)),
        ),
        Section(
            "Quantitative analyses",
            (
                Entry("Results", analysis_facts.performance(of)),
                Entry("Between groups", analysis_facts.heterogeneity(of)),
                Entry("More patients", _more_patients(of)),
            ),
            (*tables.figures(of), *tables.completeness(of), *tables.learning(of)),
        ),
        Section(
            "Ethical considerations",
            (
                Entry(
                    "Patients’ data",
                    ("Neither the model nor this card holds a row of a patient; counts below 10 are not told.",),
                ),
                entry("Approval and consent", (), stated, ("ethics",)),
                entry("Fairness", (), stated, ("fairness",)),
            ),
        ),
        Section(
            "Caveats and recommendations",
            (
                entry("Limits", analysis_facts.limitations(of), stated, ("limitations",)),
                entry("Next", analysis_facts.NEXT_STEPS, stated, ("next_steps",)),
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
