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


def promote(name: str) -> Promotion:
    """Make the challenger of a registered model its champion; the old champion becomes `previous`.

    Raises RegistryError if there is no such model, or no challenger that is not champion already.
    """
    client = database.connect()
    aliases = _aliases(client, name)
    challenger, champion = aliases.get(CHALLENGER), aliases.get(CHAMPION)
    if challenger is None:
        raise RegistryError(f"{name}: there is no challenger; `therapport compare` registers one.")
    if challenger == champion:
        raise RegistryError(f"{name}: version {challenger} is the champion already; there is no newer challenger.")
    if champion is not None:
        client.set_registered_model_alias(name, PREVIOUS, champion)
    client.set_registered_model_alias(name, CHAMPION, challenger)
    return Promotion(name, challenger, champion)


def _aliases(client: MlflowClient, name: str) -> dict[str, str]:
    try:
        return {alias: str(version) for alias, version in client.get_registered_model(name).aliases.items()}
    except MlflowException:
        known = ", ".join(model.name for model in client.search_registered_models()) or "none yet"
        raise RegistryError(f"{name}: no such registered model; known: {known}.") from None
