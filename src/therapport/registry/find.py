"""A predictor by reference: a folder, or `models:/name@alias` and `models:/name/version` of the registry."""

from dataclasses import dataclass, field
from pathlib import Path

from therapport import predictor
from therapport.errors import ModelError
from therapport.predictor import Predictor

PREDICTOR_FOLDER = "predictor"
REGISTRY = "models:/"


@dataclass(frozen=True)
class Located:
    """Where a predictor lies, and what the registry says of it."""

    folder: Path
    number: str | None = None
    """The registry's version; None for a folder."""
    tags: dict[str, str] = field(default_factory=dict)


def find(reference: str) -> Predictor:
    """The predictor that a reference names.

    Raises RegistryError if the registry does not know it, ModelError if its folder is missing or damaged.
    """
    return predictor.load(locate(reference).folder)


def locate(reference: str) -> Located:
    """The folder that a reference names; raises as `find` does."""
    if reference.startswith(REGISTRY):
        from therapport.registry import keep, versions  # noqa: PLC0415 - MLflow is not needed for folders

        folder = keep.folder_of(reference)
        version = versions.behind(reference)
        if version is None:  # cannot be: the reference is the registry's
            return Located(folder)
        # Once more by its number, because the alias may have moved in between.
        return Located(
            keep.folder_of(f"{REGISTRY}{version.name}/{version.number}"), version.number, versions.tags(version)
        )
    folder = Path(reference)
    if not folder.exists():
        raise ModelError(f"{reference}: no such folder; a registered model is written models:/name@champion.")
    # A whole MLflow model was named: the predictor lies among its artifacts.
    inside = folder / "artifacts" / PREDICTOR_FOLDER
    return Located(inside if inside.is_dir() else folder)
