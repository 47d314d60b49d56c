"""Path and therapists as keys of MLflow: in the runs of the linear model, because both are linear."""

from collections.abc import Iterator

from therapport.predictor.evidence import Figure
from training.shares.path.results import Path
from training.shares.therapists.results import Therapists


def of_path(path: Path) -> Iterator[tuple[str, Figure]]:
    """`path/<factor>/total`, `direct`, `mediated` and `through_<stage>`; `path/rho/<stage>`; the rest where it is."""
    for one in path.beginnings:
        yield f"path/{one.factor}/total", one.total
        yield f"path/{one.factor}/direct", one.direct
        yield f"path/{one.factor}/mediated", one.mediated
        yield from ((f"path/{one.factor}/through_{stage}", figure) for stage, figure in one.through.items())
    yield from ((f"path/rho/{stage}", figure) for stage, figure in path.rho.items())
    yield from ((f"path/product/{one.technique}-{one.resistance}", one.figure) for one in path.doors)
    for level in path.levels:
        yield f"path/{level.factor}/between_therapists", level.between
        if level.within is not None:
            yield f"path/{level.factor}/within_therapists", level.within
    for own in path.sessions:
        yield f"path/sessions/{own.measure}/total", own.total
        yield f"path/sessions/{own.measure}/mediated", own.mediated
    yield from ((f"without_mediators/{family}", figure) for family, figure in path.mediators_out.items())


def of_order(path: Path, model: str) -> Iterator[tuple[str, Figure]]:
    """`family/<family>/ordered` for the model of a run."""
    for one in path.ordered:
        if one.model == model:
            yield from ((f"family/{family}/ordered", share.ordered) for family, share in one.families.items())


def of_therapists(found: Therapists) -> Iterator[tuple[str, Figure]]:
    """`therapists/<held constant>/share`."""
    for one in found.variances:
        yield f"therapists/{one.held.replace(' ', '_')}/share", one.therapist
        if one.site is not None:
            yield f"therapists/{one.held.replace(' ', '_')}/share_of_sites", one.site
