"""Champion, challenger, previous: which version answers, which wants to, and which one to go back to."""

from dataclasses import dataclass

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from therapport.errors import RegistryError
from therapport.tracking import database

CHAMPION, CHALLENGER, PREVIOUS = "champion", "challenger", "previous"


@dataclass(frozen=True)
class Promotion:
    """Which version became champion, and which one it followed."""

    name: str
    version: str
    previous: str | None


def promote(name: str, *, is_the_same: bool = False) -> Promotion:
    """Make the challenger of a registered model its champion; the old champion becomes `previous`.

    Unless `is_the_same`: the same model trained once more is nothing to go back to, so `previous` stays what it is.

    Raises RegistryError if there is no such model, or no challenger that is not champion already.
    """
    client = database.connect()
    wanting, champion = challenger(name)
    if champion is not None and not is_the_same:
        client.set_registered_model_alias(name, PREVIOUS, champion)
    client.set_registered_model_alias(name, CHAMPION, wanting)
    return Promotion(name, wanting, None if is_the_same else champion)


def rollback(name: str) -> Promotion:
    """Make the previous champion champion again; the one that steps down becomes `previous`, so that twice is nothing.

    Raises RegistryError if there is no such model, or no previous champion.
    """
    client = database.connect()
    aliases = standing(name)
    champion, previous = aliases.get(CHAMPION), aliases.get(PREVIOUS)
    if previous is None or champion is None:
        raise RegistryError(f"{name}: there is no previous champion to go back to.")
    if previous == champion:
        raise RegistryError(f"{name}: version {champion} is champion and previous at once; there is nothing to go to.")
    # First what must never be missing: a process that dies in between leaves a champion.
    client.set_registered_model_alias(name, CHAMPION, previous)
    client.set_registered_model_alias(name, PREVIOUS, champion)
    return Promotion(name, previous, champion)


def challenger(name: str) -> tuple[str, str | None]:
    """The version that wants to answer, and the one that does.

    Raises RegistryError if there is no such model, or no challenger that is not champion already.
    """
    aliases = standing(name)
    wanting, champion = aliases.get(CHALLENGER), aliases.get(CHAMPION)
    if wanting is None:
        raise RegistryError(f"{name}: there is no challenger; `therapport compare` registers one.")
    if wanting == champion:
        raise RegistryError(f"{name}: version {wanting} is the champion already; there is no newer challenger.")
    return wanting, champion


def standing(name: str) -> dict[str, str]:
    """Alias -> version; raises RegistryError if there is no such model."""
    return _aliases(database.connect(), name)


def _aliases(client: MlflowClient, name: str) -> dict[str, str]:
    try:
        return {alias: str(version) for alias, version in client.get_registered_model(name).aliases.items()}
    except MlflowException:
        known = ", ".join(model.name for model in client.search_registered_models()) or "none yet"
        raise RegistryError(f"{name}: no such registered model; known: {known}.") from None
