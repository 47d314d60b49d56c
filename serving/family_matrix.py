"""What families do together: one patient's matrix of families, or that of a cohort, and the pairs that stand out."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, comb

import numpy as np
from numpy.typing import NDArray

from serving import family_words
from serving.language import family_label
from serving.reading import NOTHING, UNUSED, Reading, used_factors
from serving.text import number, signed
from therapport.cohort import Cohort
from therapport.explanation import Explanation
from therapport.language import gettext as _

FloatArray = NDArray[np.float64]
DIGITS, LEVELS = 2, 5
DEBATED = ("alliance", "technique")
"""The pair that people look for."""
FEWEST = 2
"""Families that must count for pairs of them to be worth a word."""


@dataclass(frozen=True)
class Cell:
    """Half of what two families do together, or on the diagonal what is left of a family's own."""

    text: str
    note: str
    """A second figure, or empty."""
    shade: str
    """`up1` to `up5` and `down1` to `down5` by size; empty on the diagonal and for what cannot be told from zero."""


@dataclass(frozen=True)
class MatrixRow:
    """One family against all, itself included."""

    label: str
    colour: int
    cells: tuple[Cell, ...]
    total: str
    """What the family contributes."""


@dataclass(frozen=True)
class Matrix:
    """Families against families, with their sums at the end."""

    rows: tuple[MatrixRow, ...]
    unit: str


@dataclass(frozen=True)
class Together:
    """What families do together in one prediction, or on average."""

    pair: str
    """The pair to name; empty where none stands out."""
    further: tuple[str, ...]
    """What else to say of pairs."""
    matrix: Matrix | None
    """None: the model adds its families up."""
    sure: bool
    """Whether figures that cannot be told from zero are marked."""


def of_patient(reading: Reading, cohort: Cohort) -> Together | None:
    """The only patient of a cohort; None where fewer than two families count at all."""
    predictor = reading.predictor
    used = used_factors(predictor, reading.kind)
    if sum(bool(used.intersection(members)) for members in predictor.families.values()) < FEWEST:
        return None
    if reading.adds_up:
        return Together(_(family_words.ADDS_UP), (), None, sure=True)
    factors = predictor.matrix(cohort.table)
    explanation, matrices = reading.model.families.interactions(factors)
    refits, matrix = reading.model.refits, matrices[0]
    margin = np.zeros(matrix.shape) if refits is None else refits.interactions(factors)[0]
    unclear = np.abs(matrix) <= (-1.0 if refits is None else margin)
    pairs = comb(len(matrix), 2)
    # The largest of many pairs is large by chance more often than one that was named before.
    stands_out = np.abs(matrix) > margin * (1.0 if refits is None else refits.widened(pairs))
    said, further = _pairs(reading, 2 * matrix, stands_out, unclear, explanation)
    rows = _rows(reading, matrix, unclear, explanation.contributions[0])
    return Together(said, further, Matrix(rows, unit(reading)), sure=refits is not None)


def of_cohort(reading: Reading) -> Together | None:
    """The training cohort, from the evidence; None where that is not known or fewer than two families count."""
    known = reading.comparison.interactions if reading.comparison else {}
    families = [family for family in reading.predictor.families if family in known]
    size = np.array([[known[one][other].mean_absolute for other in families] for one in families])
    if np.count_nonzero(size.sum(axis=-1) > UNUSED) < FEWEST:
        return None
    if reading.adds_up:
        return Together(_(family_words.ADDS_UP), (), None, sure=True)
    mean = np.array([[known[one][other].mean for other in families] for one in families])
    shades = _shades(size, least=reading.hardly_own)
    rows = tuple(
        MatrixRow(
            *_label(reading, family),
            tuple(
                Cell(number(size[row, column], DIGITS), _told(mean[row, column]), shades[row][column])
                for column in range(len(families))
            ),
            _told(mean[row].sum()),
        )
        for row, family in enumerate(families)
    )
    pairs = sorted(combinations(range(len(families)), 2), key=lambda pair: -size[pair])
    wanted = [pairs[0], *(pair for pair in pairs[1:] if {families[one] for one in pair} == set(DEBATED))]
    told = [_in_cohort(reading, [families[one] for one in pair], 2 * size[pair]) for pair in wanted]
    return Together(told[0], tuple(told[1:]), Matrix(rows, unit(reading)), sure=False)


def unit(reading: Reading) -> str:
    """The scale on which contributions and their pairs add up."""
    return _("log-odds") if reading.kind == "binary" else _("points")


def _pairs(
    reading: Reading,
    together: FloatArray,
    stands_out: NDArray[np.bool_],
    unclear: NDArray[np.bool_],
    explanation: Explanation,
) -> tuple[str, tuple[str, ...]]:
    families = list(reading.predictor.families)
    ends = float(explanation.reference[0]), float(explanation.total[0])
    moved = {pair: reading.part(float(together[pair]), *ends) for pair in combinations(range(len(families)), 2)}
    clear = [pair for pair in moved if stands_out[pair] and abs(moved[pair]) >= reading.hardly]
    largest = max(clear, key=lambda pair: abs(moved[pair]), default=None)
    debated = [pair for pair in moved if {families[one] for one in pair} == set(DEBATED) and pair != largest]
    labels = [_label(reading, family)[0] for family in families]
    said = "" if largest is None else family_words.pair_counts(
        labels[largest[0]], labels[largest[1]], reading.together(moved[largest])
    )  # fmt: skip
    further = [
        family_words.pair_too(labels[one], labels[other], reading.together(moved[one, other]),
                              unclear=bool(unclear[one, other]))
        for one, other in debated
    ]  # fmt: skip
    return said, (*([] if said else [_(family_words.NO_PAIR_STANDS_OUT)]), *further)


def _in_cohort(reading: Reading, pair: Sequence[str], size: float) -> str:
    one, other = (_label(reading, family)[0] for family in pair)
    people = f"about {reading.size(reading.part(size, 0.0, size))}" if reading.kind == "binary" else ""
    return family_words.pair_in_cohort(one, other, f"{number(size, DIGITS)} {unit(reading)}", people)


def _rows(
    reading: Reading, matrix: FloatArray, unclear: NDArray[np.bool_], contributions: FloatArray
) -> tuple[MatrixRow, ...]:
    shades = _shades(matrix, least=reading.hardly_own)
    rows = []
    for row, family in enumerate(reading.predictor.families):
        cells = [
            Cell(f"({text})", "", "") if unclear[row, column] else Cell(text, "", shades[row][column])
            for column, text in enumerate(_told(value) for value in matrix[row].tolist())
        ]
        rows.append(MatrixRow(*_label(reading, family), tuple(cells), _told(float(contributions[row]))))
    return tuple(rows)


def _told(value: float) -> str:
    """What rounds to nothing has no sign."""
    return signed(round(value, DIGITS), DIGITS)


def _label(reading: Reading, family: str) -> tuple[str, int]:
    known = reading.predictor.codebook.families
    return family_label(family, known[family]), list(known).index(family)


def _shades(matrix: FloatArray, *, least: float) -> list[list[str]]:
    """By size among the pairs; the strongest shade stands for at least `least`, so that small ones stay pale."""
    pairs = np.abs(matrix - np.diag(np.diag(matrix)))
    largest = max(float(pairs.max()), least)
    return [
        [
            "" if row == column or pairs[row, column] < NOTHING
            else f"{'up' if matrix[row, column] > 0 else 'down'}{ceil(LEVELS * pairs[row, column] / largest)}"
            for column in range(len(matrix))
        ]
        for row in range(len(matrix))
    ]  # fmt: skip
