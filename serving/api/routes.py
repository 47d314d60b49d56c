"""All addresses of the API. They are plain routes of Starlette: FastAPI's own way takes longer than a prediction.

Their description is written by `describe`, from the types that also check what is sent.
"""

from collections.abc import Sequence

from starlette.routing import Route

from serving.api.about import About
from serving.api.explaining import Explain
from serving.api.frame import Frame
from serving.api.health import Health
from serving.api.invocations import Invocations
from serving.api.predicting import Predict
from serving.api.served import Served
from serving.cds_hooks import services
from serving.cds_hooks.feedback import Feedbacks
from serving.fhir import predict as fhir

GET, POST = ["GET"], ["POST"]


def of_model(served: Served, prefix: str, frame: Frame) -> list[Route]:
    """The routes of one model below `prefix`, the busiest first."""
    about = About(served, frame)
    return [
        Route(f"{prefix}/v1/predict", Predict(served, frame).__call__, methods=POST),
        Route(f"{prefix}/v1/explain", Explain(served, frame).__call__, methods=POST),
        Route(f"{prefix}/invocations", Invocations(served, frame).__call__, methods=POST),
        Route(f"{prefix}{fhir.PATH}", fhir.PredictRisk(served, frame).__call__, methods=POST),
        Route(f"{prefix}/v1/models/current", about.current, methods=GET),
        Route(f"{prefix}/v1/codebook", about.codebook, methods=GET),
        Route(f"{prefix}/v1/contest", about.contest, methods=POST),
    ]


def of_process(served: Sequence[Served], frame: Frame) -> list[Route]:
    """The routes that are there once. /ping and /health are what clients of MLflow's own server ask for."""
    health = Health(served, frame.meters)
    return [
        Route(services.PATH, services.Discovery(served).__call__, methods=GET),
        *(Route(f"{services.PATH}/{one.name}", services.Service(one, frame).__call__, methods=POST) for one in served),
        *(
            Route(f"{services.PATH}/{one.name}/feedback", Feedbacks(one, frame).__call__, methods=POST)
            for one in served
        ),
        *(Route(path, health.livez, methods=GET) for path in ("/livez", "/ping", "/health")),
        Route("/readyz", health.readyz, methods=GET),
        Route("/metrics", health.metrics, methods=GET),
    ]
