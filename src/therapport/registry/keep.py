"""Predictors into the registry, as a portable folder inside an MLflow model made from code."""

import contextlib
import importlib.util
import io
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from therapport import __version__, card, predictor
from therapport.errors import RegistryError
from therapport.predictor import Predictor
from therapport.registry.find import PREDICTOR_FOLDER
from therapport.registry.signature import signature
from therapport.registry.versions import Version
from therapport.tracking import database

CHALLENGER = "challenger"
CARDS = "card"
"""Folder of the cards among the artifacts of a run."""


def register(made: Predictor, run_id: str, tags: Mapping[str, str]) -> str:
    """Store the predictor with its run and register it as challenger; returns the registry's version number."""
    client = database.connect()
    code = importlib.util.find_spec("therapport.registry.pyfunc_model")
    if code is None or code.origin is None:  # cannot be: it is part of this package
        raise RegistryError("The wrapper for MLflow is missing from this installation.")
    with tempfile.TemporaryDirectory() as scratch, _quiet():
        folder = Path(scratch) / PREDICTOR_FOLDER
        predictor.save(made, folder)
        with mlflow.start_run(run_id=run_id):
            logged = mlflow.pyfunc.log_model(
                name=PREDICTOR_FOLDER,
                python_model=code.origin,
                artifacts={PREDICTOR_FOLDER: str(folder)},
                signature=signature(made),
                pip_requirements=[f"therapport=={__version__}"],
            )
        version = str(mlflow.register_model(logged.model_uri, made.name).version)
    _keep_card(client, made, run_id, version)
    client.set_registered_model_alias(made.name, CHALLENGER, version)
    client.update_registered_model(made.name, description=_described(made))
    client.update_model_version(made.name, version, description=_version_described(made))
    for key, value in {"model_version": made.version, "codebook_digest": made.codebook.digest(), **tags}.items():
        client.set_model_version_tag(made.name, version, key, value)
    return version


def _keep_card(client: MlflowClient, made: Predictor, run_id: str, version: str) -> None:
    """The model's card among the artifacts of its run, where the gate's verdict will stand too."""
    written = card.card(made)
    for suffix, text in (("html", card.page(written)), ("md", card.markdown(written))):
        client.log_text(run_id, text, f"{CARDS}/{made.name}-{version}.{suffix}")


def _described(made: Predictor) -> str:
    predicts = " and ".join(
        what
        for what, model in (
            (made.outcome.label if made.outcome is not None else "", made.response),
            ("the end score", made.end_score),
        )
        if model is not None
    )
    return (
        f"{made.evidence.title}\n\nPredicts {predicts} at {made.landmark.value}, and how far each family of factors "
        f"counts in that. `champion` is the version that answers, `challenger` the one that wants to, `previous` the "
        f"one to go back to; `therapport promote` and `therapport rollback` move them."
    )


def _version_described(made: Predictor) -> str:
    verdicts = " ".join(comparison.verdict for comparison in made.evidence.comparisons)
    cohort = made.evidence.cohort
    return f"{verdicts}\n\nFitted to {cohort.patients:,} patients (cohort {cohort.digest[:8]}), version {made.version}."


def tag(version: Version, tags: Mapping[str, str]) -> None:
    """Add tags to a version, in place of those of the same name."""
    client = database.connect()
    for key, value in tags.items():
        client.set_model_version_tag(version.name, version.number, key, value)


def folder_of(reference: str) -> Path:
    """The predictor's folder behind a registry reference; raises RegistryError if there is none."""
    database.connect()
    try:
        model = Path(mlflow.artifacts.download_artifacts(artifact_uri=reference))
    except (MlflowException, OSError):
        raise RegistryError(
            f"{reference}: the registry in mlruns/ does not know it; `therapport promote NAME` makes a champion, "
            f"and the MLflow UI lists what is registered."
        ) from None
    return model / "artifacts" / PREDICTOR_FOLDER


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep MLflow's advice on requirements and signatures, which are written by hand here, from the terminal."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
