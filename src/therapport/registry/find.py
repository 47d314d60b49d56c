"""A predictor by reference: a folder, or `models:/name@alias` and `models:/name/version` of the registry."""

from pathlib import Path

from therapport import predictor
from therapport.errors import ModelError
from therapport.predictor import Predictor

PREDICTOR_FOLDER = "predictor"
REGISTRY = "models:/"


def find(reference: str) -> Predictor:
    """The predictor that a reference names.

    Raises RegistryError if the registry does not know it, ModelError if its folder is missing or damaged.
    """
    if reference.startswith(REGISTRY):
        from therapport.registry.keep import folder_of  # noqa: PLC0415 - MLflow is not needed for folders

        return predictor.load(folder_of(reference))
    folder = Path(reference)
    if not folder.exists():
        raise ModelError(f"{reference}: no such folder; a registered model is written models:/name@champion.")
    # A whole MLflow model was named: the predictor lies among its artifacts.
    inside = folder / "artifacts" / PREDICTOR_FOLDER
    return predictor.load(inside if inside.is_dir() else folder)
