"""A predictor as a folder that can be copied anywhere: JSON, arrays and xgboost's UBJSON; no pickle, no patients."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from therapport import files as atomic
from therapport.codebook import Codebook, Landmark
from therapport.errors import ModelError
from therapport.instruments import Instrument
from therapport.outcome import from_json, to_json
from therapport.predictor import explained
from therapport.predictor.abstaining import Limits
from therapport.predictor.evidence import Evidence
from therapport.predictor.manifest import MANIFEST, manifest, verified
from therapport.predictor.model import Predictor
from therapport.predictor.profile import FactorProfile

PREDICTOR, EVIDENCE, CODEBOOK = "predictor.json", "evidence.json", "codebook.json"


def save(predictor: Predictor, folder: Path, *, overwrite: bool = False) -> None:
    """Write the predictor; the folder appears complete or not at all. Raises OutputError if it exists."""
    files = {
        PREDICTOR: _json(_document(predictor)),
        EVIDENCE: _json(predictor.evidence.model_dump(mode="json")),
        CODEBOOK: _json(predictor.codebook.model_dump(mode="json")),
    }
    for part, model in (("response", predictor.response), ("end_score", predictor.end_score)):
        if model is not None:
            files |= explained.to_files(model, part)
    atomic.write_folder(folder, {**files, MANIFEST: manifest(files)}, overwrite=overwrite)


def load(folder: Path) -> Predictor:
    """The predictor in a folder.

    Raises ModelError if a byte differs from the manifest, or the content is not that of a predictor.
    """
    files = verified(folder)
    try:
        return _predictor(files)
    except (KeyError, ValueError, TypeError):
        # Every digest fits, so the folder is what its maker wrote: it comes from another version.
        raise ModelError(f"{folder}: this model was written by another version of therapport.") from None


def _predictor(files: dict[str, bytes]) -> Predictor:
    document = json.loads(files[PREDICTOR])
    codebook = Codebook.model_validate_json(files[CODEBOOK])
    outcome, instrument = document["outcome"], document["end_score_instrument"]
    parts = {
        part: explained.from_files(files, part) if document["models"][part] else None
        for part in ("response", "end_score")
    }
    return Predictor(
        name=document["name"],
        version=document["version"],
        codebook=codebook,
        landmark=Landmark(document["landmark"]),
        factors=tuple(document["factors"]),
        outcome=None if outcome is None else from_json(outcome),
        end_score_instrument=None if instrument is None else Instrument.model_validate_json(json.dumps(instrument)),
        response=parts["response"],
        end_score=parts["end_score"],
        profile={
            name: FactorProfile.model_validate_json(json.dumps(known)) for name, known in document["profile"].items()
        },
        evidence=Evidence.model_validate_json(files[EVIDENCE]),
        limits=Limits(**{"missing": document.get("most_missing"), **document.get("limits", {})}),
    )


def _document(predictor: Predictor) -> dict[str, Any]:
    outcome, instrument = predictor.outcome, predictor.end_score_instrument
    return {
        "name": predictor.name,
        "version": predictor.version,
        "landmark": predictor.landmark.value,
        "factors": list(predictor.factors),
        "limits": asdict(predictor.limits),
        "codebook_digest": predictor.codebook.digest(),
        "outcome": None if outcome is None else to_json(outcome),
        "end_score_instrument": None if instrument is None else instrument.model_dump(mode="json"),
        "models": {"response": predictor.response is not None, "end_score": predictor.end_score is not None},
        "profile": {name: known.model_dump(mode="json") for name, known in predictor.profile.items()},
    }


def _json(document: object) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
