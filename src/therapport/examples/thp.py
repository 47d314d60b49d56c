"""The Thinking Healthy Programme: 903 depressed mothers in 40 union councils of rural Pakistan.

Source: Rahman et al. 2008, Lancet (the trial); Baranov, Bhalotra, Biroli & Maselko 2020, American Economic Review,
doi:10.1257/aer.20180511, whose public repository (MIT) holds the file. It is not shipped, but fetched on request.
"""

import io

import pandas as pd

from therapport.examples import remote
from therapport.examples.remote import Remote

ORIGINAL = Remote(
    "THP_clean.csv",
    "https://raw.githubusercontent.com/pietrobiroli/maternalDepression/"
    "384596270a37bdd9cfc5bcf09aad8b4b383a3c32/dataClean/THP_clean.csv",
    "52c3cf41d8c8d2deb78ad9d1949e1239e625df81b7ad4230de4f66924f1b89a5",
)
"""The file at one commit, 1,203 mothers; 300 of them were not depressed, and have no score at the start."""

WORKERS = 65
"""Health workers, a 0/1 column each: lhw_1 to lhw_65; lhw_66 says that none is known."""

RENAMED = {
    "ses_bl_flipped": "ses_baseline",  # takes the name of the unflipped column, which is left out
    "var29": "joint_family",
    "depressed": "depressed_7y",
    "scid_tot_2": "scid_symptoms_7y",
    "attrit2": "lost_by_7y",
}
COLUMNS = (
    *("uc", "treat", "age_baseline", "edu_mo_baseline", "edu_fa_baseline", "kids_no", "first_child", "mo_ht", "mo_bmi"),
    *("employed_mo_baseline", "employed_fa_baseline", "occupation_fa_baseline", "ses_bl_flipped", "wealth_baseline"),
    *("mo_emp", "var29", "MIL", "maternalgma", "grandmother_baseline", "enoughfoodmoney"),
    *("hamd_baseline", "bdq_baseline", "gaf_baseline", "mspss_baseline"),
    *("hamd_6m", "depressed_6m", "bdq_6m", "gaf_6m_2", "mspss_6m"),
    *("hamd_1y", "depressed_1y", "bdq_1y", "gaf_1y_2", "mspss_1y"),
    *("depressed", "scid_tot_2", "attrit2", "refused", "moved", "stillbirth", "childdeath", "motherdeath"),
)
"""Of the original: with patient_id and lhw_code they make the 44 columns of the cohort."""


def load(original: Remote = ORIGINAL) -> pd.DataFrame:
    """The trial in the columns of its codebook, shape (903, 44); raises MissingPartError unless it was downloaded."""
    return reduced(remote.read(original))


def reduced(content: bytes) -> pd.DataFrame:
    """The mothers with a Hamilton score at the start, from the original's CSV."""
    workers = [f"lhw_{number}" for number in range(1, WORKERS + 1)]
    # Any byte is a letter in Latin-1; the texts of the file, whose encoding nobody states, are not read.
    everyone = pd.read_csv(io.BytesIO(content), encoding="latin-1", usecols=[*COLUMNS, *workers], na_values=["."])
    mothers = everyone[everyone["hamd_baseline"].notna()].reset_index(drop=True)
    flags = mothers[workers].fillna(0).to_numpy() == 1
    worker = pd.Series(flags.argmax(axis=1) + 1, dtype="Int64").where(flags.any(axis=1))
    cohort = mothers[list(COLUMNS)].rename(columns=RENAMED).convert_dtypes()
    cohort.insert(0, "patient_id", range(1, len(mothers) + 1))
    cohort.insert(2, "lhw_code", worker)
    return cohort
