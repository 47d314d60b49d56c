"""What stands behind a reference: the registered model, its version's number, and the run that it belongs to."""

from dataclasses import dataclass

from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from therapport.errors import RegistryError
from therapport.registry.find import REGISTRY
from therapport.tracking import database


@dataclass(frozen=True)
class Version:
    """One version of a registered model."""

    name: str
    number: str
    run_id: str | None


def of(name: str, number: str) -> Version:
    """The version by its number; raises RegistryError if there is none."""
    try:
        found: ModelVersion = database.connect().get_model_version(name, number)
    except MlflowException:
        raise RegistryError(f"{name}: the registry has no version {number}.") from None
    return Version(name, str(found.version), found.run_id)


def tags(version: Version) -> dict[str, str]:
    """The version's tags; raises RegistryError if it is gone."""
    try:
        found: ModelVersion = database.connect().get_model_version(version.name, version.number)
    except MlflowException:
        raise RegistryError(f"{version.name}: the registry has no version {version.number}.") from None
    return dict(found.tags)


def behind(reference: str) -> Version | None:
    """The version that a reference names; None for a folder. Raises RegistryError if the registry does not know it."""
    if not reference.startswith(REGISTRY):
        return None
    client = database.connect()
    name, alias, wanted = reference.removeprefix(REGISTRY).partition("@")
    if not alias:
        name, _, number = name.partition("/")
        return of(name, number)
    try:
        found = client.get_model_version_by_alias(name, wanted)
    except MlflowException:
        raise RegistryError(f"{reference}: the registry does not know it.") from None
    return Version(name, str(found.version), found.run_id)
