"""The pages of the model that answers: how good it is, what it rests on, its gate's verdict, and its card."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from serving import gate_words, making, pages, results, sentences
from serving.api.served import Served
from serving.beside.course import expected_course
from serving.language import IN_LANGUAGE
from serving.patient_view import learned_from
from therapport import card as cards
from therapport import language
from therapport.card.page import STATUS
from therapport.language import ENGLISH, N_
from therapport.language import gettext as _

GROUPS = N_("patient"), N_("therapist"), N_("site")
"""Grouping levels by their customary names; those of a study's own stand as they are."""


def router(served: Served, prefix: str) -> APIRouter:
    """Routes below `prefix`."""
    routes = APIRouter(prefix=prefix, include_in_schema=False, dependencies=[IN_LANGUAGE])

    @routes.get("/model")
    def model() -> HTMLResponse:
        return HTMLResponse(model_page(served, prefix))

    @routes.get("/model/card")
    def card() -> HTMLResponse:
        return HTMLResponse(card_page(served, prefix))

    return routes


def model_page(served: Served, prefix: str) -> str:
    """What answers now, and how good it was found to be."""
    loaded = served.now
    predictor = loaded.predictor
    evidence = predictor.evidence
    return pages.render(
        "model.html",
        simulated=predictor.codebook.simulated,
        title=evidence.title,
        prefix=prefix,
        results=results.results(predictor),
        explained=making.explained(predictor),
        gate=gate_words.told(loaded.tags),
        refused=served.refused,
        warnings=evidence.warnings,
        course=expected_course(predictor),
        facts=(
            (_("Model"), predictor.name),
            (_("Version"), predictor.version),
            (_("Version in the registry"), loaded.number or _("served from a folder")),
            (_("Digest"), loaded.digest or _("not served from a folder")),
            (_("Codebook"), f"{predictor.codebook.name}, {predictor.codebook_digest}"),
            (_("Predicts"), sentences.at(predictor.landmark)),
            (_("Learned from"), learned_from(predictor)),
            (
                _("Validated"),
                _(
                    "{folds} folds, {repeats} times; no {group} in two folds at once",
                    folds=evidence.folds,
                    repeats=evidence.repeats,
                    group=_(evidence.group),
                ),
            ),
        ),
    )


def card_page(served: Served, prefix: str) -> str:
    """The model's card with its TRIPOD+AI checklist: a document that is published, and so in English."""
    predictor = served.now.predictor
    with language.using(ENGLISH):
        card = cards.card(predictor)
    return pages.render(
        "model_card.html",
        simulated=predictor.codebook.simulated,
        title=predictor.evidence.title,
        prefix=prefix,
        card=card,
        status=STATUS,
    )


def _validated(folds: int, repeats: int, group: str) -> str:
    repeated = f", drawn anew {repeats} times" if repeats > 1 else ""
    return f"out of fold, in {folds} folds{repeated}; no {group} is in two folds"
