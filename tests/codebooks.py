"""A hand-made codebook with every kind of factor, and tables that fit it."""

import numpy as np
import pandas as pd

from therapport import codebook
from therapport.codebook import Codebook

TEXT = """\
format = 1
name = "mixed"
title = "Every kind of factor"
source = "made by hand"
id = "patient_id"

[groups]
therapist = "therapist_id"

[factors.severity]
label = "PHQ-9 at intake"
family = "patient"
kind = "integer"
known_at = "intake"
range = [0, 27]
instrument = "phq9"
required = true

[factors.months]
label = "Duration"
family = "patient"
kind = "integer"
known_at = "intake"
range = [0, 480]

[factors.alliance]
label = "Alliance"
family = "alliance"
kind = "number"
known_at = "session3"
range = [1, 5]

[factors.trained]
label = "Trained in the protocol"
family = "technique"
kind = "boolean"
known_at = "intake"

[factors.mode]
label = "Mode of delivery"
family = "delivery"
kind = "category"
known_at = "intake"
levels = { face = "Face to face", blended = "Blended", online = "Online" }

[measures.end]
label = "PHQ-9 at the end"
instrument = "phq9"
"""
FACTORS = ("severity", "months", "alliance", "trained", "mode")
LEVELS = ("face", "blended", "online")


def mixed() -> Codebook:
    return codebook.parse(TEXT.encode(), name="codebook.toml")


def frame(patients: int, *, seed: int, missing: float = 0.0) -> pd.DataFrame:
    """A table that fits the codebook; values other than severity are missing at random."""
    generator = np.random.default_rng(seed)

    def lost() -> np.ndarray:
        return generator.random(patients) < missing

    whole = {
        "severity": generator.integers(5, 28, patients).astype(float),
        "months": np.where(lost(), np.nan, generator.integers(1, 60, patients)),
        "alliance": np.where(lost(), np.nan, np.round(generator.uniform(1, 5, patients), 2)),
        "trained": np.where(lost(), np.nan, generator.integers(0, 2, patients)),
        "end": generator.integers(0, 28, patients).astype(float),
    }
    return pd.DataFrame(
        {
            "patient_id": pd.Series([f"P{number:04d}" for number in range(patients)], dtype=object),
            "therapist_id": pd.Series([f"T{number % 7}" for number in range(patients)], dtype=object),
            **whole,
            "mode": pd.Series(generator.choice(LEVELS, patients)).astype(object).mask(lost(), None),
        }
    )
