"""The pages as HTML: the list of models, the form of a patient, the page of a patient."""

import base64
import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from serving import family_words, sentences
from serving.beside import Beside, band_words, words
from serving.beside.safety import ANSWERS, FIELD, asked
from serving.caseload import words as caseload_words
from serving.caseload.view import CaseloadPage
from serving.patient_view import PatientView
from serving.text import listed, sentence_case
from therapport.codebook import Factor
from therapport.predictor import Predictor

STYLE = (Path(__file__).parent / "templates" / "style.css").read_text(encoding="utf-8").strip()
STYLE_HASH = f"sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}"
"""Of the one `<style>` element of every page: `style-src '<STYLE_HASH>'` allows it and no other style."""


@dataclass(frozen=True)
class Field:
    """One entry of the form."""

    name: str
    label: str
    hint: str
    low: str
    high: str
    step: str
    options: tuple[tuple[str, str], ...]
    """Value and label of each choice; empty for a number."""
    required: bool
    modifiable: bool
    value: str


@dataclass(frozen=True)
class FieldGroup:
    """The entries of one family."""

    label: str
    description: str
    colour: int
    fields: tuple[Field, ...]


@functools.cache
def environment() -> Environment:
    """The templates of `serving`: escaped, and an undefined name is an error."""
    made = Environment(
        loader=PackageLoader("serving"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals |= {
        "style": Markup(STYLE),  # noqa: S704 - our own file, not a user's text
        "words": sentences,
        "family_words": family_words,
        "beside_words": words,
        "band_words": band_words,
        "caseload_words": caseload_words,
    }
    return made


def render(template: str, **context: object) -> str:
    """A template with its context."""
    return environment().get_template(template).render(**context)


def models_page(models: Sequence[tuple[str, Predictor]], *, caseload: str | None = None) -> str:
    """Every model that is served, with the address below which its pages are; one of them may have a caseload."""
    cards = [
        {
            "path": path,
            "has_caseload": path == caseload,
            "title": predictor.evidence.title,
            "simulated": predictor.codebook.simulated,
            "verdicts": [comparison.verdict for comparison in predictor.evidence.comparisons],
            "patients": f"{predictor.evidence.cohort.patients:,}",
            "landmark": sentences.at(predictor.landmark),
            "name": predictor.name,
            "version": predictor.version,
            "families": listed([predictor.codebook.families[one].label for one in predictor.families]),
        }
        for path, predictor in models
    ]
    return render("models.html", models=cards, simulated=bool(cards) and all(card["simulated"] for card in cards))


def docs_page(description: Mapping[str, Any]) -> str:
    """The description of the API as a page; the description itself stands at /openapi.json."""
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "summary": one["summary"],
            "sends": list(one.get("requestBody", {}).get("content", {})),
            "parameters": [(each["name"], each["description"]) for each in one.get("parameters", [])],
            "answers": [(status, each["description"]) for status, each in one["responses"].items()],
        }
        for path, methods in description["paths"].items()
        for method, one in methods.items()
    ]
    return render("docs.html", simulated=False, about=description["info"]["description"], operations=operations)


def form_page(
    predictor: Predictor, action: str, values: Mapping[str, str], problems: Sequence[str], *, safety: str = ""
) -> str:
    """The form of one patient, filled with what was typed; a safety notice and problems stand above it."""
    return render(
        "patient_form.html",
        simulated=predictor.codebook.simulated,
        title=predictor.evidence.title,
        groups=field_groups(predictor, values),
        item=_item(predictor, values.get(FIELD, "")),
        action=action,
        problems=list(problems),
        safety=safety,
    )


def patient_page(
    predictor: Predictor,
    view: PatientView,
    *,
    beside: Beside | None = None,
    action: str = "",
    safety: str = "",
    item: str = "",
    heading: str = "One patient",
    back: str = "",
) -> str:
    """The page of one patient; its form posts to `action`, or to the page's own address.

    `safety` is a notice that stands above everything, `item` what was answered to the question that brings it, `back`
    the address of the caseload that the patient is in.
    """
    return render(
        "patient.html",
        simulated=view.simulated,
        title=predictor.evidence.title,
        heading=f"{heading} {sentences.at(predictor.landmark)}",
        view=view,
        beside=beside,
        groups=field_groups(predictor, view.entries),
        item=_item(predictor, item),
        factors=[(name, predictor.codebook.factors[name].label) for name in predictor.factors],
        action=action,
        safety=safety,
        back=back,
    )


def caseload_page(predictor: Predictor, view: CaseloadPage, prefix: str) -> str:
    """One page of the caseload."""
    chosen = next(one for one in view.shows if one.chosen)
    return render(
        "caseload.html",
        simulated=predictor.codebook.simulated,
        title=predictor.evidence.title,
        landmark=sentences.at(predictor.landmark),
        heading=sentence_case(chosen.label),
        labels=caseload_words.LABELS,
        prefix=prefix,
        view=view,
    )


def scored_page(
    predictor: Predictor,
    view: PatientView,
    name: str,
    notice: str,
    lacking: Sequence[str],
    *,
    prefix: str,
    kept: bool,
) -> str:
    """The page of one patient of a scored cohort; `lacking` says what cannot be shown."""
    return render(
        "scored_patient.html",
        simulated=view.simulated,
        title=predictor.evidence.title,
        heading=f"Patient {name} {sentences.at(predictor.landmark)}",
        view=view,
        sure=view.chances is not None and caseload_words.NO_INTERVAL not in lacking,
        notice=notice,
        lacking=lacking,
        beside={"kept": kept, "reference": name, "contest": f"{prefix}/contest"},
        factors=[(one, predictor.codebook.factors[one].label) for one in predictor.factors],
        prefix=prefix,
    )


def noted_page(predictor: Predictor, action: str, sentence: str, *, noted: bool) -> str:
    """What became of a disagreement."""
    return render(
        "noted.html",
        simulated=predictor.codebook.simulated,
        title=predictor.evidence.title,
        sentence=sentence,
        noted=noted,
        action=action,
    )


def _item(predictor: Predictor, value: str) -> Field | None:
    """The safety question, where the model has to do with its instrument."""
    if not asked(predictor):
        return None
    options = tuple((one, one) for one in ANSWERS)
    return Field(FIELD, words.SAFETY_LABEL, words.SAFETY_HINT, "0", "3", "1", options, False, False, value)


def field_groups(predictor: Predictor, values: Mapping[str, str]) -> tuple[FieldGroup, ...]:
    """The form: one group for each family of the predictor, one field for each factor."""
    colours = {family: place for place, family in enumerate(predictor.codebook.families)}
    families, factors = predictor.codebook.families, predictor.codebook.factors
    return tuple(
        FieldGroup(
            families[family].label,
            families[family].description,
            colours[family],
            tuple(_field(name, factors[name], values.get(name, "")) for name in members),
        )
        for family, members in predictor.families.items()
    )


def _field(name: str, factor: Factor, value: str) -> Field:
    low, high = factor.range or (0.0, 0.0)
    span = f"{low:g} to {high:g}" if factor.range else ""
    whole = "whole number" if factor.kind == "integer" else ""
    hint = ", ".join(part for part in (factor.unit, span, whole) if part)
    return Field(
        name=name,
        label=factor.label,
        hint=f"{hint}. {factor.note.strip()}".strip(". ") if factor.note else hint,
        low=f"{low:g}",
        high=f"{high:g}",
        step="1" if factor.kind == "integer" else "any",
        options=_options(factor),
        required=factor.required,
        modifiable=factor.modifiable,
        value=value,
    )


def _options(factor: Factor) -> tuple[tuple[str, str], ...]:
    if factor.kind == "boolean":
        return ("true", "yes"), ("false", "no")
    return tuple(factor.levels.items())
