"""Session by session: symptoms, alliance and homework, the first two each answering to the other.

Symptoms go from the score at intake to the one at the end, a part of the way by each session, and around that course
they vary; alliance varies around the patient's own level. A session's variation moves the next one's of both:

    symptoms  s(t) = .4 s(t-1) - alliance_to_symptoms * a(t-1) + noise
    alliance  a(t) = .4 a(t-1) - symptoms_to_alliance * s(t-1) + noise       (both standardised)

So the wide cohort and the long table say the same: alliance at session 3, mean homework of the first three sessions,
first and last PHQ-9. Size of the two paths: .05 to .10, seven sessions, 17 studies (direction read, size recalled).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from therapport.simulator.design import Design
from therapport.simulator.measures import MEASUREMENTS
from therapport.simulator.scales import Normal

Values = npt.NDArray[np.float64]

MEASURES = ("phq9", "gad7", "wai_sr", "homework")
"""The names in the column `measure`."""
FEWEST, MOST = 3, 16
"""Sessions of those who stay. Mean sessions in NHS Talking Therapies: 6.8 to 6.9."""
SHORT = 5
LASTING = 0.4
"""Of a session's variation, in the next session."""
SYMPTOM_SD, ALLIANCE_SD, HOMEWORK_SD = 4.0, 0.25, 0.15
"""Of the variation from session to session: points of the PHQ-9, of the WAI-SR, share of the homework."""
GAD7 = Normal(14.0, 4.5)
END_GAD7 = Normal(8.4, 5.7)
"""NHS Talking Therapies 2022-23, read in a secondary source."""
PHQ9_MOST, GAD7_MOST = 27, 21


@dataclass(frozen=True, eq=False)
class Course:
    """How long treatment went, and what was measured; arrays start with (patients,)."""

    attended: npt.NDArray[np.int64]
    """Number of the last session."""
    values: Values
    """Shape (patients, MOST + 1, MEASURES); NaN where nothing was measured. Session 0 is the intake."""


def progress(design: Design) -> Values:
    """Share of the way that is gone by each session, shape (MOST + 1,)."""
    pace = -np.log1p(-design.layers.early_change) / FEWEST
    share: Values = 1 - np.exp(-pace * np.arange(MOST + 1))
    return share


def variation(design: Design, noise: Values) -> Values:
    """Standardised variation from session to session, shape (2, patients, sessions): symptoms, alliance."""
    own = np.zeros_like(noise)
    onto = np.array([[LASTING, -design.layers.alliance_to_symptoms], [-design.layers.symptoms_to_alliance, LASTING]])
    scale = np.sqrt(1 - LASTING**2)
    own[:, :, 0] = noise[:, :, 0]
    for session in range(1, noise.shape[2]):
        own[:, :, session] = onto @ own[:, :, session - 1] + scale * noise[:, :, session]
    return own


def attended(
    left: npt.NDArray[np.bool_], short: npt.NDArray[np.bool_], generator: np.random.Generator
) -> npt.NDArray[np.int64]:
    """The last session of each patient: of those who left early, before the one they would have ended with."""
    whole = np.clip(FEWEST + generator.poisson(4.0, len(left)), FEWEST + 1, MOST)
    whole = np.where(short, np.minimum(whole, SHORT), whole)
    early = FEWEST + np.floor(generator.random(len(left)) * (whole - FEWEST)).astype(np.int64)
    return np.where(left, early, whole)


def course(
    latent: pd.DataFrame,
    complete: pd.DataFrame,
    cohort: pd.DataFrame,
    last: npt.NDArray[np.int64],
    *,
    design: Design,
    generator: np.random.Generator,
) -> Course:
    """The measurements of patients, row for row with their latent values and their rows of the cohort.

    `complete` is the cohort before anything was lost. What is missing at session 3 there is missing here, too.
    """
    patients = len(latent)
    around = variation(design, generator.standard_normal((2, patients, MOST)))
    before, after = (
        complete["phq9_intake"].to_numpy(np.float64),
        MEASUREMENTS["phq9_end"].scale.of(latent["y"].to_numpy()),
    )
    gone = progress(design)
    values = np.full((patients, MOST + 1, len(MEASURES)), np.nan)
    phq9 = before[:, None] + gone[1:] * (after - before)[:, None] + SYMPTOM_SD * around[0]
    values[:, 0, 0] = before
    values[:, 1:, 0] = np.clip(np.round(phq9), 0, PHQ9_MOST)
    stayed = cohort["phq9_end"].notna().to_numpy()
    values[stayed, last[stayed], 0] = complete["phq9_end"].to_numpy(np.float64)[stayed]
    # Anxiety follows the depression of the same session and adds nothing to what that says of the end.
    level = (values[:, :, 0] - MEASUREMENTS["phq9_intake"].scale.of(np.zeros(1))) / 6.0
    anxiety = 0.7 * level + 0.7 * generator.standard_normal((patients, MOST + 1))
    values[:, :, 1] = np.clip(np.round(GAD7.of(anxiety)), 0, GAD7_MOST)
    alliance = complete["alliance"].to_numpy(np.float64)[:, None] + ALLIANCE_SD * (around[1] - around[1][:, [2]])
    values[:, 1:, 2] = np.clip(np.round(alliance, 2), 1, 5)
    values[cohort["alliance"].isna().to_numpy(), 3, 2] = np.nan
    effort = HOMEWORK_SD * generator.standard_normal((patients, MOST))
    homework = (
        complete["homework_completion"].to_numpy(np.float64)[:, None] + effort - effort[:, :3].mean(axis=1)[:, None]
    )
    values[:, 1:, 3] = np.clip(np.round(homework, 2), 0, 1)
    values[cohort["homework_completion"].isna().to_numpy(), 1:4, 3] = np.nan
    beyond = np.arange(MOST + 1) > last[:, None]
    values[beyond] = np.nan
    return Course(last, values)


def long_table(course: Course, ids: pa.Array, start: npt.NDArray[np.datetime64]) -> pa.Table:
    """One row per measurement: `episode_id`, `session`, `date` (weekly), `measure`, `value`; by patient and session."""
    patient, session, measure = np.nonzero(~np.isnan(course.values))
    date = start.astype("datetime64[D]")[patient] + 7 * session
    return pa.table(
        {
            "episode_id": pa.DictionaryArray.from_arrays(pa.array(patient.astype(np.int32)), ids),
            "session": pa.array(session.astype(np.int64)),
            "date": pa.array(date),
            "measure": pa.DictionaryArray.from_arrays(pa.array(measure.astype(np.int8)), pa.array(MEASURES)),
            "value": pa.array(course.values[patient, session, measure]),
        }
    )


def early_symptoms(course: Course) -> Values:
    """The PHQ-9 of sessions 1 to 3, shape (patients, 3)."""
    return course.values[:, 1 : FEWEST + 1, 0]


def early_signal(design: Design) -> tuple[Values, Values]:
    """What the PHQ-9 of sessions 1 to 3 says of the end: share of the way, shape (3,), and noise in points, (3, 3)."""
    onto = np.array([[LASTING, -design.layers.alliance_to_symptoms], [-design.layers.symptoms_to_alliance, LASTING]])
    scale = np.sqrt(1 - LASTING**2)
    # Rows: symptoms and alliance of each session; columns: the independent noises that they are made of.
    made_of = np.zeros((FEWEST, 2, 2 * FEWEST))
    for session in range(FEWEST):
        if session:
            made_of[session] = onto @ made_of[session - 1]
        made_of[session, :, 2 * session : 2 * session + 2] += np.eye(2) * (scale if session else 1.0)
    symptoms = SYMPTOM_SD * made_of[:, 0]
    return progress(design)[1 : FEWEST + 1], symptoms @ symptoms.T
