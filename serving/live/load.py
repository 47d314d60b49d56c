"""A model from its reference to one that may answer: digests held, golden rows reproduced, everything compiled."""

from serving.api.served import Loaded
from therapport import predictor as predictors
from therapport.errors import ModelError
from therapport.predictor import answer_rows, made_up, manifest, reproduces_golden
from therapport.registry import find


def load(reference: str) -> Loaded:
    """The model, ready to answer at once.

    Raises RegistryError if the registry does not know it or cannot be asked, ModelError if it is missing, damaged, or
    does not reproduce its golden rows.
    """
    located = find.locate(reference)
    digest = manifest.digest(located.folder)
    predictor = predictors.load(located.folder)
    if not reproduces_golden(predictor):
        raise ModelError(f"{predictor.name}: this model does not answer as when it was made; it is not served.")
    loaded = Loaded(predictor, reference, located.folder, digest, located.number, located.tags)
    _warm(loaded)
    return loaded


def standing(reference: str) -> str:
    """What a reference names at this moment, cheaply: the registry's number, or the digest of a folder's manifest.

    Raises RegistryError if the registry cannot be asked, ModelError if there is no such folder.
    """
    if reference.startswith(find.REGISTRY):
        from therapport.registry import versions  # noqa: PLC0415 - MLflow is not needed for folders

        version = versions.behind(reference)
        return "" if version is None else version.number
    return manifest.stated(find.locate(reference).folder)


def stands(loaded: Loaded) -> str | None:
    """The same of a model that was loaded."""
    return loaded.number if loaded.number is not None else loaded.digest


def _warm(loaded: Loaded) -> None:
    """Make tables and types, and compile, what the first request would wait for."""
    predictor = loaded.predictor
    matrix = predictor.matrix(made_up(predictor, patients=2, seed=0).table)
    for rows in (matrix[:1], matrix):
        answer_rows(predictor, [""] * len(rows), rows)
    loaded.reader.warm()
