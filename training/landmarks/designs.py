"""The designs of a study at all its landmarks, or every problem at any of them at once."""

from collections.abc import Sequence
from pathlib import Path

from therapport.codebook import Landmark
from therapport.errors import CohortError, DesignError
from training import design as designs
from training import examined
from training import study as studies
from training.design import Design

Failed = Sequence[tuple[Landmark, CohortError | DesignError]]


def read(path: Path) -> tuple[Design, ...]:
    """One design for each landmark of the study in a file, in its order.

    Raises CohortError or DesignError with what is wrong at every landmark: what is wrong at all of them once, what is
    not with the landmarks where it is.
    """
    asked = studies.read_all(path)
    found: list[Design] = []
    failed: list[tuple[Landmark, CohortError | DesignError]] = []
    for study in asked:
        try:
            design = designs.read(study)
            examined.require(design)
            found.append(design)
        except (CohortError, DesignError) as error:
            failed.append((study.table.landmark, error))
    if failed:
        raise together(path, failed, of=len(asked), so="nothing was fitted")
    return tuple(found)


def together(path: Path, failed: Failed, *, of: int, so: str) -> CohortError | DesignError:
    """One error for what stopped some of the study's `of` landmarks; `so` says what became of the others."""
    errors = [error for _, error in failed]
    if len(failed) == of and len({(type(one), str(one)) for one in errors}) == 1:
        return errors[0]
    where: dict[str, list[str]] = {}
    for landmark, error in failed:
        for line in error.problems or (error.summary,):
            where.setdefault(line, []).append(landmark.value)
    lines = [line if len(at) == of else f"at {', '.join(at)}: {line}" for line, at in where.items()]
    kind = CohortError if any(isinstance(one, CohortError) for one in errors) else DesignError
    return kind(
        f"{path}: {len(lines)} problem{'s' * (len(lines) > 1)} at {len(failed)} of its {of} landmarks; {so}.", lines
    )
