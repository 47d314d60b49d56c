"""The 27 items of TRIPOD+AI with their sub-items (Collins et al., BMJ 2024;385:e078378), worded by us."""

from dataclasses import dataclass

SOURCE = "Collins GS et al. TRIPOD+AI statement. BMJ 2024;385:e078378. The wording of the items is ours, and shorter."


@dataclass(frozen=True)
class Item:
    """One item: its number, its part of a report, its topic, and what it asks to be told."""

    number: str
    part: str
    topic: str
    asks: str


def _items(part: str, *items: tuple[str, str, str]) -> tuple[Item, ...]:
    return tuple(Item(number, part, topic, asks) for number, topic, asks in items)


ITEMS: tuple[Item, ...] = (
    *_items("Title and abstract",
        ("1", "Title", "developing or evaluating, in whom, which outcome"),
        ("2", "Abstract", "a structured summary"),
    ),
    *_items("Introduction",
        ("3a", "Health care context", "diagnosis or prognosis, why, and which models exist"),
        ("3b", "Target and purpose", "in whom, where in care, used by whom"),
        ("3c", "Inequalities", "known inequalities between groups"),
        ("4", "Objectives", "development, evaluation, or both"),
    ),
    *_items("Methods",
        ("5a", "Data: source", "where the data come from and whom they represent"),
        ("5b", "Data: dates", "begin and end of intake and follow-up"),
        ("6a", "Participants: setting", "kind of care, number and place of centres"),
        ("6b", "Participants: eligibility", "who could be included"),
        ("6c", "Participants: treatments", "which, and how they were dealt with"),
        ("7", "Data preparation", "cleaning and quality checks, and whether alike between groups"),
        ("8a", "Outcome", "definition, horizon, how it is assessed, why this one"),
        ("8b", "Outcome: assessors", "who rates, where rating takes judgement"),
        ("8c", "Outcome: blinding", "whether raters knew the predictors"),
        ("9a", "Predictors: choice", "how they were chosen before modelling"),
        ("9b", "Predictors: definition", "what each is, how and when it is measured"),
        ("9c", "Predictors: assessors", "who rates, where rating takes judgement"),
        ("10", "Sample size", "how it came about, and whether it is enough"),
        ("11", "Missing data", "how they were handled, and what was left out"),
        ("12a", "Analysis: use of data", "what was used to develop and what to evaluate"),
        ("12b", "Analysis: predictors", "form, scaling, transformation"),
        ("12c", "Analysis: model", "type, steps, tuning, internal validation"),
        ("12d", "Analysis: clusters", "how differences between centres were handled"),
        ("12e", "Analysis: measures", "which measures and plots, and why"),
        ("12f", "Analysis: updating", "any recalibration"),
        ("12g", "Analysis: predictions", "how predictions were computed for evaluation"),
        ("13", "Class imbalance", "any method, and recalibration after it"),
        ("14", "Fairness", "what was done for it, and why"),
        ("15", "Output", "what the model gives; thresholds and their reasons"),
        ("16", "Development and evaluation data", "differences between them"),
        ("17", "Ethics", "approval and consent"),
    ),
    *_items("Open science",
        ("18a", "Funding", "source and role of funders"),
        ("18b", "Conflicts of interest", "of everyone involved"),
        ("18c", "Protocol", "where it is"),
        ("18d", "Registration", "where, under which number"),
        ("18e", "Data sharing", "whether and how data can be had"),
        ("18f", "Code sharing", "whether and how code can be had"),
    ),
    *_items("Patient and public involvement",
        ("19", "Involvement", "of patients and the public"),
    ),
    *_items("Results",
        ("20a", "Participants: flow", "how many, with and without the outcome"),
        ("20b", "Participants: characteristics", "overall and by group, with missing values"),
        ("20c", "Participants: comparison", "evaluation data beside development data"),
        ("21", "Numbers in each analysis", "patients and outcomes"),
        ("22", "Full model", "all that is needed to predict for somebody new"),
        ("23a", "Performance", "with intervals, also in key subgroups"),
        ("23b", "Heterogeneity", "of performance between clusters"),
        ("24", "Updating", "its result, where there was any"),
    ),
    *_items("Discussion",
        ("25", "Interpretation", "of the main results, fairness included"),
        ("26", "Limitations", "and what they may do to the results"),
        ("27a", "Use: poor or missing input", "how it is noticed and handled"),
        ("27b", "Use: interaction", "what users do, and what they must be able to do"),
        ("27c", "Use: next steps", "for research, and for use elsewhere"),
    ),
)  # fmt: skip
