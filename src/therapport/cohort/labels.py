"""A file's own value labels beside the codebook's levels: codes stay, labels become levels, contradictions are told."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from therapport.codebook import Codebook, Measure
from therapport.cohort.formats.contents import Labels
from therapport.cohort.schema import FALSE_WORDS, TRUE_WORDS, as_codes


def applied(table: pd.DataFrame, labels: Labels, codebook: Codebook) -> tuple[pd.DataFrame, list[str]]:
    """The table in the codebook's levels, and every level that the file calls something else.

    If a level of the codebook is a code that the file labels, the file's codes are the levels. If none is, the
    file's labels are taken in place of its codes; one that is a level's label (or the level itself) becomes the level.
    A boolean whose labels all say yes or no is what they say, whatever the codes.
    """
    changed: dict[str, pd.Series[Any]] = {}
    problems: list[str] = []
    for column in table.columns:
        factor = codebook.described(column)
        if factor is None or column not in labels:
            continue
        missing = {str(code) for code in factor.missing_codes}
        named = {code: label for code, label in labels[column].items() if code not in missing}
        if not named:
            continue
        levels = {} if isinstance(factor, Measure) else factor.levels
        if levels and levels.keys() & named.keys():
            problems += [f"{column}: level {level}: {CONTRADICTION}" for level in _contradicted(levels, named)]
        elif levels:
            changed[column] = _replaced(table[column], _levels_by_label(levels, named))
        elif factor.kind == "boolean" and {_plain(label) for label in named.values()} <= TRUE_WORDS | FALSE_WORDS:
            changed[column] = _replaced(table[column], named)
    return table.assign(**changed), problems


CONTRADICTION = "the file's value labels call it something else than the codebook does"


def _contradicted(levels: Mapping[str, str], named: Mapping[str, str]) -> list[str]:
    """Levels with another label in the file; a file that labels 1 as 1 says nothing."""
    return [
        level
        for level, label in levels.items()
        if level in named and _plain(named[level]) not in (_plain(label), _plain(level))
    ]


def _levels_by_label(levels: Mapping[str, str], named: Mapping[str, str]) -> dict[str, str]:
    by_label = {_plain(label): level for level, label in levels.items()} | {_plain(level): level for level in levels}
    return {code: by_label.get(_plain(label), label) for code, label in named.items()}


def _replaced(values: "pd.Series[Any]", texts: Mapping[str, str]) -> "pd.Series[Any]":
    codes = as_codes(values)
    return (
        codes.map(lambda code: code if code is None else texts.get(code, code))
        .astype(object)
        .where(codes.notna(), None)
    )


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
