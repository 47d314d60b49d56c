"""Where the predictors of a study are saved: one folder, or one for each landmark below it."""

from collections.abc import Sequence
from pathlib import Path

from therapport import files
from therapport.errors import OutputError
from training.design import Design


def folders(designs: Sequence[Design], save: Path | None, *, overwrite: bool) -> list[Path | None]:
    """The folder of each design, None if nothing is saved.

    Raises OutputError with every one that is there already, before anything is fitted.
    """
    if save is None:
        return [None] * len(designs)
    if len(designs) == 1:
        files.require_free(save, overwrite=overwrite)
        return [save]
    if save.exists() and not save.is_dir():
        raise OutputError(f"{save}: this is a file; the models of several landmarks go into a folder.")
    wanted = [save / design.study.table.landmark.value for design in designs]
    if taken := [folder for folder in wanted if folder.exists() and not overwrite]:
        raise OutputError(
            f"{save}: models are there already; choose another folder, or pass --overwrite.",
            [f"{folder.name} exists" for folder in taken],
        )
    return [*wanted]
