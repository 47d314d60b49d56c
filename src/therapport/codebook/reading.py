"""A codebook from its file, complete: the default families where it names none, instruments where they are plain."""

from pathlib import Path

from therapport import tomlfile
from therapport.codebook.columns import Factor, Family
from therapport.codebook.document import Codebook
from therapport.codebook.problems import problems
from therapport.tomlfile import Strict

DEFAULT_FAMILIES = Path(__file__).parent / "families.toml"


class _Families(Strict):
    families: dict[str, Family]


def default_families() -> dict[str, Family]:
    """The six families of the project and `early_change`, which is reported apart."""
    return tomlfile.read(DEFAULT_FAMILIES, _Families).families


def read(path: Path) -> Codebook:
    """The codebook in the file, with the default families where it names none.

    Raises ConfigurationError with every problem and its line.
    """
    default = default_families()
    return _completed(tomlfile.read(path, Codebook, check=lambda one: problems(one, default)), default)


def parse(source: bytes, *, name: str) -> Codebook:
    """The same for a document that is already in memory."""
    default = default_families()
    return _completed(tomlfile.parse(source, Codebook, name=name, check=lambda one: problems(one, default)), default)


def _completed(codebook: Codebook, default: dict[str, Family]) -> Codebook:
    return codebook.model_copy(
        update={
            "families": codebook.families or default,
            "factors": {name: _with_instrument(factor, codebook) for name, factor in codebook.factors.items()},
        }
    )


def _with_instrument(factor: Factor, codebook: Codebook) -> Factor:
    """The first and the last score of a measure are scores of its instrument, stated or not."""
    if factor.repeated_measure is None or factor.summary not in ("first", "last"):
        return factor
    return factor.model_copy(update={"instrument": codebook.repeated_measures[factor.repeated_measure].instrument})
