"""The full model in words and numbers, as far as it can be written down."""

from therapport.card import words
from therapport.card.document import Table
from therapport.features.encoding import Column
from therapport.models import CANDIDATES, LinearScore
from therapport.predictor import ExplainedModel, Predictor

SHRUNK = 1e-12
"""A coefficient as small as this does not count."""


def models(predictor: Predictor) -> dict[str, ExplainedModel]:
    """What is predicted -> its model."""
    kinds = {"binary": predictor.response, "score": predictor.end_score}
    return {
        words.outcome(predictor, one): model
        for one in predictor.evidence.comparisons
        if (model := kinds[one.kind]) is not None
    }


def sentences(predictor: Predictor) -> tuple[str, ...]:
    """What each model is, with its setting and its line of calibration."""
    return tuple(_sentence(what, model) for what, model in models(predictor).items())


def _sentence(what: str, model: ExplainedModel) -> str:
    candidate = CANDIDATES[model.candidate]
    setting = ", ".join(f"{key.replace('_', ' ')} {value:g}" for key, value in model.setting.items())
    kept = "with its coefficients below" if isinstance(model.score, LinearScore) else "with every tree in its folder"
    line = model.calibration
    return (
        f"{what[:1].upper()}{what[1:]}: {candidate.label.lower()}, {candidate.description}"
        f"{f' ({setting})' if setting else ''}, {kept}. Calibrated by one line: {words.number(line.intercept)} + "
        f"{words.number(line.slope)} × its own score."
    )


def coefficients(predictor: Predictor) -> tuple[Table, ...]:
    """The formula of each linear model; trees have none."""
    return tuple(
        _formula(predictor, what, model, model.score)
        for what, model in models(predictor).items()
        if isinstance(model.score, LinearScore)
    )


def _formula(predictor: Predictor, what: str, model: ExplainedModel, score: LinearScore) -> Table:
    encoding, rows = score.encoding, [("Intercept", "", "", "", f"{score.intercept:.6g}")]
    for place, coefficient in enumerate(score.coefficients.tolist()):
        if abs(coefficient) < SHRUNK:
            continue
        factor = predictor.codebook.factors[predictor.factors[int(encoding.factor[place])]]
        kind = Column(int(encoding.kind[place]))
        if kind == Column.LEVEL:
            labels = list(factor.levels.values()) or ["no", "yes"]
            term = f"{factor.label}: {labels[int(encoding.level[place])]}"
        else:
            term = f"{factor.label}: missing" if kind == Column.MISSING else factor.label
        fill = f"{encoding.fill[place]:.6g}" if kind == Column.VALUE else ""
        scaled = (f"{encoding.center[place]:.6g}", f"{encoding.scale[place]:.6g}")
        rows.append((term, fill, *scaled, f"{coefficient:.6g}"))
    last = "probability = 1 / (1 + exp(−score))" if model is predictor.response else "the score is in points"
    line = model.calibration
    return Table(
        caption=f"Formula: {what}",
        head=("Term", "If missing", "Subtract", "Divide by", "Coefficient"),
        groups=(("", tuple(rows)),),
        note=(
            f"Own score = intercept + sum of coefficient × (term − subtract) / divide; a level or a missing mark is 1 "
            f"where it applies, else 0. Score = {line.intercept:.6g} + {line.slope:.6g} × own score; {last}. Terms "
            f"with a coefficient of 0 are left out."
        ),
    )
