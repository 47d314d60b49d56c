"""Made episodes with a long table of measurements, and what stands in it as of a landmark by plain loops."""

import datetime
import math
from pathlib import Path

import numpy as np
import pandas as pd

from therapport import codebook
from therapport.codebook import Codebook

TEXT = """\
format = 1
name = "measured"
title = "Made episodes with measurements"
source = "made by a generator of random numbers"
id = "episode_id"

[groups]
patient = "person_id"
therapist = "therapist_id"

[dates]
start = "start_date"
birth = "birth_date"

[measurements]
episode = "episode_id"
session = "session"
date = "date"
factor = "measure"
value = "value"
ignored = ["weight"]

[repeated_measures.phq9]
label = "PHQ-9"
range = [0, 27]
instrument = "phq9"
unit = "points"

[repeated_measures.sleep]
label = "Hours of sleep"
range = [0, 24]

[factors.age]
label = "Age"
family = "patient"
kind = "integer"
known_at = "intake"
range = [18, 99]

[factors.phq9_first]
label = "PHQ-9 at the first measurement"
family = "patient"
kind = "integer"
known_at = "intake"
range = [0, 27]
repeated_measure = "phq9"
summary = "first"

[factors.phq9_now]
label = "PHQ-9 at the latest measurement"
family = "early_change"
kind = "integer"
known_at = "session1"
range = [0, 27]
repeated_measure = "phq9"
summary = "last"

[factors.phq9_change]
label = "Change of the PHQ-9"
family = "early_change"
kind = "number"
known_at = "session1"
range = [-27, 27]
repeated_measure = "phq9"
summary = "change"

[factors.phq9_slope]
label = "Slope of the PHQ-9"
family = "early_change"
kind = "number"
known_at = "session1"
range = [-189, 189]
repeated_measure = "phq9"
summary = "slope"

[factors.sleep_mean]
label = "Mean hours of sleep"
family = "patient"
kind = "number"
known_at = "intake"
range = [0, 24]
repeated_measure = "sleep"
summary = "mean"

[factors.phq9_count]
label = "Measurements of the PHQ-9"
family = "active_role"
kind = "integer"
known_at = "session1"
range = [0, 1000]
repeated_measure = "phq9"
summary = "count"

[measures.phq9_end]
label = "PHQ-9 at the end"
instrument = "phq9"
repeated_measure = "phq9"
"""
JOINED = ("phq9_first", "phq9_now", "phq9_change", "phq9_slope", "sleep_mean", "phq9_count", "phq9_end")
STUDY = """\
format = 1
name = "measured"
title = "Made episodes"
cohort = "cohort.csv"
measurements = "measurements.csv"
codebook = "codebook.toml"
landmark = "session3"
severity = "phq9_now"
candidates = ["severity", "elastic_net"]

[outcome]
response = "reliable_improvement"
before = "phq9_first"
after = "phq9_end"

[validation]
group = "therapist"
folds = 3
repeats = 1
draws = 100

[reference]
patients = 50
"""
START = datetime.date(2024, 1, 1)


def described(text: str = TEXT) -> Codebook:
    return codebook.parse(text.encode(), name="codebook.toml")


def episodes(number: int, *, seed: int, people: int | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The wide and the long table; everybody is measured at intake, and some for longer than others."""
    generator = np.random.default_rng(seed)
    starts = [START + datetime.timedelta(days=int(day)) for day in generator.integers(0, 300, number)]
    persons = generator.integers(0, people or 10 * number, number)
    wide = pd.DataFrame(
        {
            "episode_id": [f"E{place:04d}" for place in range(number)],
            "person_id": [f"P{person:04d}" for person in persons],
            "therapist_id": [f"T{person % 12:02d}" for person in persons],
            "start_date": [day.isoformat() for day in starts],
            "birth_date": "1980-05-06",
            "age": generator.integers(18, 70, number),
        }
    )
    rows = []
    for place, start in enumerate(starts):
        level, trend = generator.uniform(12, 22), generator.normal(-0.8, 0.6)
        day = start - datetime.timedelta(days=2)
        for session in range(int(generator.integers(3, 11))):
            name = f"E{place:04d}"
            phq9 = float(np.clip(round(level + trend * session + generator.normal(0, 1.5)), 0, 27))
            rows.append((name, session, day.isoformat(), "phq9", phq9))
            if generator.random() < 0.5:
                rows.append((name, session, day.isoformat(), "sleep", round(generator.uniform(3, 9), 1)))
            day += datetime.timedelta(days=int(generator.integers(5, 11)))
    return wide, pd.DataFrame(rows, columns=["episode_id", "session", "date", "measure", "value"])


def write(folder: Path, wide: pd.DataFrame, long: pd.DataFrame, *, text: str = TEXT, study: str = STUDY) -> Path:
    """The study's file with everything that it names."""
    wide.to_csv(folder / "cohort.csv", index=False)
    long.to_csv(folder / "measurements.csv", index=False)
    (folder / "codebook.toml").write_text(text)
    (folder / "study.toml").write_text(study)
    return folder / "study.toml"


def by_loops(wide: pd.DataFrame, long: pd.DataFrame, *, session: int | None, days: int | None) -> pd.DataFrame:
    """The joined columns for a landmark that is a session, or so many days after the start; slopes per session."""
    rows = []
    for episode, start in zip(wide["episode_id"], wide["start_date"], strict=True):
        found: dict[str, list[tuple[int, int, float, bool]]] = {"phq9": [], "sleep": []}
        for one in long.to_dict("records"):
            if one["episode_id"] != episode or one["measure"] not in found or math.isnan(one["value"]):
                continue
            day = (datetime.date.fromisoformat(one["date"]) - datetime.date.fromisoformat(start)).days
            known = one["session"] <= session if session is not None else day <= (days or 0)
            found[one["measure"]].append((day if session is None else 0, one["session"], one["value"], known))
        phq9, sleep = ([row[1:3] for row in sorted(found[name]) if row[3]] for name in ("phq9", "sleep"))
        after = [row[2] for row in sorted(found["phq9"]) if not row[3]]
        sessions, scores = [row[0] for row in phq9], [row[1] for row in phq9]
        rows.append(
            {
                "phq9_first": scores[0] if phq9 else math.nan,
                "phq9_now": scores[-1] if phq9 else math.nan,
                "phq9_change": scores[-1] - scores[0] if len(phq9) > 1 else math.nan,
                "phq9_slope": float(np.polyfit(sessions, scores, 1)[0]) if len(phq9) > 1 else math.nan,
                "sleep_mean": math.fsum(value for _, value in sleep) / len(sleep) if sleep else math.nan,
                "phq9_count": float(len(phq9)),
                "phq9_end": after[-1] if after else math.nan,
            }
        )
    return pd.DataFrame(rows, columns=list(JOINED), dtype=float)
