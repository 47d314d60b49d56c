"""SPSS and Stata: tables whose codes may have value labels, and whose values may be declared missing."""

import os
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import pyreadstat

from therapport.cohort.formats.contents import Contents, Labels, Request
from therapport.cohort.formats.encoding import iconv_name
from therapport.errors import CohortError

TAIL = b"</stata_dta>"
"""How a Stata file from version 13 on ends; cut off behind its rows, it would have lost its labels unnoticed."""


def read_spss(request: Request) -> Contents:
    """An SPSS file (.sav, .zsav); user-missing values are missing, an empty text too."""
    return _read(request, "SPSS", pyreadstat.read_sav)


def read_stata(request: Request) -> Contents:
    """A Stata file; the missing values . and .a to .z are missing, an empty text too."""
    with request.path.open("rb") as file:
        modern = file.read(11) == b"<stata_dta>"
        file.seek(-min(64, request.path.stat().st_size), os.SEEK_END)
        if modern and TAIL not in file.read():
            raise CohortError(f"{request.path}: this is not a complete Stata file.")
    return _read(request, "Stata", pyreadstat.read_dta)


def _read(request: Request, kind: str, read: Callable[..., tuple[pd.DataFrame, Any]]) -> Contents:
    options = {} if request.encoding is None else {"encoding": iconv_name(request.path, request.encoding)}
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=".*is duplicated")  # and would be given another name
            frame, about = read(str(request.path), **options)
        if not all(isinstance(name, str) for name in frame.columns):
            raise CohortError(f"{request.path}: a column has no name.")
    except (OSError, MemoryError, CohortError):
        raise
    except Exception:  # noqa: BLE001 - pyreadstat raises many kinds on damage, and their words may quote a cell
        raise CohortError(f"{request.path}: this is not a complete {kind} file, or is in another encoding.") from None
    texts = {name: frame[name].astype(object) for name in frame.columns if pd.api.types.is_string_dtype(frame[name])}
    emptied = {name: values.where(values.notna() & (values != ""), None) for name, values in texts.items()}
    return Contents(frame.assign(**emptied), labels=_labels(about.variable_value_labels))


def _labels(given: Mapping[str, Mapping[Any, str]]) -> Labels:
    return {
        column: {_code(value): label.strip() for value, label in labels.items() if label.strip()}
        for column, labels in given.items()
    }


def _code(value: Any) -> str:  # noqa: ANN401 - a number, or text
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
