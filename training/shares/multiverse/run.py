"""All specifications, one after the other; each is kept as soon as it is done, and a run that was stopped goes on."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from therapport.errors import ConfigurationError
from therapport.tomlfile import Strict
from training import design as designs
from training.design import Design
from training.shares.multiverse import choices as choosing
from training.shares.multiverse import specification
from training.shares.multiverse.choices import Choices
from training.shares.multiverse.results import FamilyMultiverse, Multiverse, Specification

VERSION = 1
"""Raised whenever the same choices give other shares."""
Done = Callable[[], None]


class _Kept(Strict):
    """A line of the file."""

    digest: str
    specification: Specification


def run(design: Design, kept: Path, *, chosen: Choices, done: Done = lambda: None) -> Multiverse:
    """Carry out what `kept` does not hold yet of this very study and cohort.

    Raises ConfigurationError if the file is something else.
    """
    wanted, known = chosen.specifications(), read(kept)
    designed: dict[str, Design] = {design.study.table.landmark.value: design}
    found = []
    with kept.open("a", encoding="utf-8") as file:
        for one in wanted:
            own = digest(design, chosen, one)
            if own not in known:
                landmark = one["landmark"]
                if landmark not in designed:
                    designed[landmark] = designs.read(specification.at(design.study, landmark))
                known[own] = specification.carried_out(chosen, one, designed[landmark])
                file.write(f"{_Kept(digest=own, specification=known[own]).model_dump_json()}\n")
                file.flush()
            found.append(known[own])
            done()
    return summed_up(chosen, found)


def read(kept: Path) -> dict[str, Specification]:
    """What a file holds, by digest; a last line that was cut off counts as not done."""
    if not kept.exists():
        return {}
    found, lines = {}, kept.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            one = _Kept.model_validate_json(line)
        except ValidationError:
            if number == len(lines):  # without its end: it was being written when the run was stopped
                kept.write_text("".join(f"{whole}\n" for whole in lines[:-1]), encoding="utf-8")
                continue
            raise ConfigurationError(
                f"{kept}:{number}: this is no specification of a multiverse; name another file, or one that is new."
            ) from None
        found[one.digest] = one.specification
    return found


def digest(design: Design, chosen: Choices, one: dict[str, str]) -> str:
    """Of everything that the shares of a specification rest on."""
    study = design.study
    rests_on = {
        "version": VERSION,
        "cohort": design.cohort.digest(),
        "codebook": study.codebook.digest(),
        "study": study.table.model_dump(mode="json", include={"stated", "landmarks", "severity", "factors", "seed"}),
        "outcome": study.table.outcome.model_dump(mode="json"),
        "at_risk": study.table.at_risk.model_dump(mode="json"),
        "validation": study.table.validation.model_dump(mode="json", include={"group", "folds"}),
        "raters": {name: list(factors) for name, factors in chosen.raters.items()},
        "map": dict(chosen.maps.get(one["family_map"], {})),
        "own": one == chosen.own,
        "choices": one,
    }
    return hashlib.sha256(json.dumps(rests_on, sort_keys=True).encode()).hexdigest()[:16]


def summed_up(chosen: Choices, found: Sequence[Specification]) -> Multiverse:
    """The specifications, and the distribution of each family's share over them."""
    families = dict.fromkeys(name for one in found for name in one.families)
    return Multiverse(
        choices={kind: dict(names) for kind, names in chosen.of.items() if len(names) > 1},
        possible=chosen.possible,
        specifications=tuple(found),
        families={name: _family([one for one in found if name in one.families], name) for name in families},
    )


def _family(found: Sequence[Specification], name: str) -> FamilyMultiverse:
    shares = np.array([one.families[name].value for one in found])
    above = [one.families[name].low is not None and (one.families[name].low or 0.0) > 0 for one in found]
    moved = {kind: _moved(found, shares, kind) for kind in choosing.KINDS}
    most = max(moved, key=lambda kind: moved[kind])
    quarter, median, three = np.quantile(shares, (0.25, 0.5, 0.75))
    return FamilyMultiverse(
        specifications=len(found),
        median=float(median),
        low=float(shares.min()),
        high=float(shares.max()),
        quarter=float(quarter),
        three_quarters=float(three),
        beyond_zero=float(np.mean(above)),
        hangs_on=most,
        moves=moved[most],
    )


def _moved(found: Sequence[Specification], shares: NDArray[np.float64], kind: str) -> float:
    """Range of the medians over what was chosen of one kind."""
    names = np.array([one.choices[kind] for one in found])
    medians = [float(np.median(shares[names == name])) for name in np.unique(names)]
    return max(medians) - min(medians)
