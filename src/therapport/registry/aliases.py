"""Champion, challenger, previous: which version answers, which wants to, and which one to go back to."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

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

    Raises RegistryError if there is no such model, or no challenger that is not champion already; OutputError if an
    alias cannot be written, and then every one stands as before.
    """
    client = database.connect()
    wanting, champion = challenger(name)
    # First what may be wrong for a moment: a process that dies in between leaves the champion as it was.
    moves = {} if champion is None or is_the_same else {PREVIOUS: champion}
    _move(client, name, {**moves, CHAMPION: wanting})
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
    _move(client, name, {CHAMPION: previous, PREVIOUS: champion})
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


def _move(client: MlflowClient, name: str, moves: Mapping[str, str]) -> None:
    """Set aliases in this order, all of them or none; whatever stops it, what was set is put back."""
    before, done = standing(name), list[str]()
    with database.writing(database.ALIASES):
        try:
            for alias, version in moves.items():
                done.append(alias)
                client.set_registered_model_alias(name, alias, version)
        except BaseException:
            for alias in reversed(done):
                with contextlib.suppress(MlflowException, SQLAlchemyError, OSError):
                    _put_back(client, name, alias, before.get(alias))
            raise


def _put_back(client: MlflowClient, name: str, alias: str, version: str | None) -> None:
    if version is None:
        client.delete_registered_model_alias(name, alias)
    else:
        client.set_registered_model_alias(name, alias, version)


def standing(name: str) -> dict[str, str]:
    """Alias -> version; raises RegistryError if there is no such model."""
    return _aliases(database.connect(), name)


def _aliases(client: MlflowClient, name: str) -> dict[str, str]:
    try:
        return {alias: str(version) for alias, version in client.get_registered_model(name).aliases.items()}
    except MlflowException:
        known = ", ".join(model.name for model in client.search_registered_models()) or "none yet"
        raise RegistryError(f"{name}: no such registered model; known: {known}.") from None
