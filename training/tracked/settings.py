"""The settings of a study as they can be shown anywhere: no path of the machine on which it was carried out."""

import json
from pathlib import Path

from training.study import Study

FILES = ("cohort", "measurements", "codebook")


def portable(study: Study) -> str:
    """The whole of study.toml with every default, as JSON; of its files the name only."""
    stated = study.table.model_dump(mode="json")
    for key in FILES:
        if stated[key] is not None:
            stated[key] = Path(stated[key]).name
    return json.dumps(stated, indent=1, ensure_ascii=False) + "\n"
