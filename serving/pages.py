"""The pages as HTML: the list of models, the form of a patient, the page of a patient."""

import base64
import functools
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from serving import family_words, sentences, verdicts
from serving.beside import Beside, band_words, words
from serving.beside.safety import FIELD
from serving.caseload import words as caseload_words
from serving.caseload.view import CaseloadPage
from serving.fields import field_groups, safety_field
from serving.language import family_label, kept, label, links, others
from serving.patient_view import PatientView
from serving.text import count, listed, sentence_case
from therapport import language
from therapport.language import ENGLISH
from therapport.language import gettext as _
from therapport.predictor import Predictor

STYLE = (Path(__file__).parent / "templates" / "style.css").read_text(encoding="utf-8").strip()
STYLE_HASH = f"sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}"
"""Of the one `<style>` element of every page: `style-src '<STYLE_HASH>'` allows it and no other style."""


@functools.cache
def environment() -> Environment:
    """The templates of `serving`: escaped, and an undefined name is an error."""
    made = Environment(
        # Tables of the card are drawn by the card, in its own page and in that of the server.
        loader=ChoiceLoader([PackageLoader("serving"), PrefixLoader({"card": PackageLoader("therapport.card")})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined] # the extension brings it
        language.gettext, language.ngettext, newstyle=False, pgettext=language.pgettext
    )
    made.globals |= {
        "style": Markup(STYLE),  # noqa: S704 - our own file, not a user's text
        "words": sentences,
        "family_words": family_words,
        "beside_words": words,
        "band_words": band_words,
        "caseload_words": caseload_words,
        "language": language.code,
        "link": kept,
        "others": others,
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
            "verdicts": [verdicts.verdict(predictor, one) for one in predictor.evidence.comparisons],
            "patients": count(predictor.evidence.cohort.patients),
            "landmark": sentences.at(predictor.landmark),
            "name": predictor.name,
            "version": predictor.version,
            "families": listed([family_label(one, predictor.codebook.families[one]) for one in predictor.families]),
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
    with language.using(ENGLISH):
        return render("docs.html", simulated=False, about=description["info"]["description"], operations=operations)


def form_page(
    predictor: Predictor,
    action: str,
    values: Mapping[str, str],
    problems: Sequence[str],
    *,
    safety: str = "",
    here: str = "",
    resend: bool = False,
) -> str:
    """The form of one patient, filled with what was typed; a safety notice and problems stand above it.

    `here` is the page's own address; where it came of a form, that has to be sent again (`resend`) to see it anew.
    """
    return render(
        "patient_form.html",
        simulated=predictor.codebook.simulated,
        title=predictor.evidence.title,
        groups=field_groups(predictor, values),
        item=safety_field(predictor, values.get(FIELD, "")),
        action=action,
        problems=list(problems),
        safety=safety,
        here=here,
        resend=resend,
    )


def patient_page(
    predictor: Predictor,
    view: PatientView,
    *,
    beside: Beside | None = None,
    action: str = "",
    safety: str = "",
    item: str = "",
    heading: str = "",
    back: str = "",
    resend: bool = False,
) -> str:
    """The page of one patient; its form posts to `action`, or to the page's own address.

    `safety` is a notice that stands above everything, `item` what was answered to the question that brings it, `back`
    the address of the caseload that the patient is in; `resend` says that the page came of a form.
    """
    return render(
        "patient.html",
        simulated=view.simulated,
        title=predictor.evidence.title,
        heading=" ".join([heading or _("One patient"), sentences.at(predictor.landmark)]),
        view=view,
        beside=beside,
        groups=field_groups(predictor, view.entries),
        item=safety_field(predictor, item),
        factors=[(name, label(predictor.codebook.factors[name])) for name in predictor.factors],
        action=action,
        safety=safety,
        back=back,
        resend=resend,
    )


def caseload_page(predictor: Predictor, view: CaseloadPage, prefix: str, *, here: str = "") -> str:
    """One page of the caseload; `here` is its own address."""
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
        here=here,
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
        heading=" ".join([_("Patient {name}", name=name), sentences.at(predictor.landmark)]),
        view=view,
        sure=view.chances is not None and caseload_words.NO_INTERVAL not in lacking,
        notice=notice,
        lacking=lacking,
        beside={"kept": kept, "reference": name, "contest": links.kept(f"{prefix}/contest")},
        factors=[(one, label(predictor.codebook.factors[one])) for one in predictor.factors],
        prefix=prefix,
    )


def noted_page(predictor: Predictor, action: str, sentence: str, *, noted: bool) -> str:
    """What became of a disagreement."""
    return render(
        "noted.html",
        simulated=predictor.codebook.simulated,
        title=predictor.evidence.title,
        sentence=sentence,
        fixed=True,
        noted=noted,
        action=action,
    )
