"""The pages of the model that answers: how good it is, what it rests on, its gate's verdict, and its card."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from serving import making, pages, results, sentences
from serving.api.served import Served
from serving.beside.course import expected_course
from therapport import card as cards
from therapport.card.page import STATUS


def router(served: Served, prefix: str) -> APIRouter:
    """Routes below `prefix`."""
    routes = APIRouter(prefix=prefix, include_in_schema=False)

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
        gate=sorted((name, said) for name, said in loaded.tags.items() if name.startswith("gate")),
        refused=served.refused,
        warnings=evidence.warnings,
        course=expected_course(predictor),
        facts=(
            ("Model", predictor.name),
            ("Version", predictor.version),
            ("Version in the registry", loaded.number or "served from a folder"),
            ("Digest", loaded.digest or "not served from a folder"),
            ("Codebook", f"{predictor.codebook.name}, {predictor.codebook_digest}"),
            ("Predicts", sentences.at(predictor.landmark)),
            ("Learned from", f"{evidence.cohort.patients:,} people: {predictor.codebook.title}"),
            (
                "Validated",
                f"{evidence.folds} folds, {evidence.repeats} times; no {evidence.group} in two folds at once",
            ),
        ),
    )


def card_page(served: Served, prefix: str) -> str:
    """The model's card with its TRIPOD+AI checklist."""
    predictor = served.now.predictor
    return pages.render(
        "model_card.html",
        simulated=predictor.codebook.simulated,
        title=predictor.evidence.title,
        prefix=prefix,
        card=cards.card(predictor),
        status=STATUS,
    )


def _validated(folds: int, repeats: int, group: str) -> str:
    repeated = f", drawn anew {repeats} times" if repeats > 1 else ""
    return f"out of fold, in {folds} folds{repeated}; no {group} is in two folds"
