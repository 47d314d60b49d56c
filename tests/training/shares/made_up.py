"""Small cohorts made for one question: two or three families of known columns, and an outcome made of them."""

import numpy as np
from numpy.typing import NDArray

from therapport import codebook as codebooks
from therapport import validation
from therapport.models import Kind, Task
from training.design import Target
from training.shares.material import Material

Floats = NDArray[np.float64]
NAMES = ("patient", "alliance", "technique")


def material(
    matrix: Floats, owner: list[int], outcome: Floats, *, kind: Kind = "score", folds: int = 4, repeats: int = 2
) -> Material:
    """`owner` says for each column which of NAMES it belongs to; groups of five patients."""
    names = tuple(f"f{place}" for place in range(matrix.shape[1]))
    text = "\n".join(
        f'[factors.{name}]\nlabel = "{name}"\nfamily = "{NAMES[family]}"\nkind = "number"\nknown_at = "intake"\n'
        f"range = [-99, 99]"
        for name, family in zip(names, owner, strict=True)
    )
    head = 'format = 1\nname = "made"\ntitle = "Made"\nsource = "Made up"\nid = "id"\n'
    described = codebooks.parse(f"{head}{text}\n".encode(), name="made")
    cluster = np.arange(len(outcome)) // 5
    target = Target(Task(kind, described, names, "f0", 1), np.arange(len(outcome)), matrix, outcome, cluster)
    fold = validation.fold_numbers(cluster, outcome, folds=folds, repeats=repeats, seed=1, binary=kind == "binary")
    families = NAMES[: max(owner) + 1]
    return Material(target, families, np.array(owner), fold, cluster)


def linear(seed: int = 1, patients: int = 400, *, kind: Kind = "score", repeats: int = 2) -> Material:
    """Four columns of three families that overlap; the last family tells nothing."""
    generator = np.random.default_rng(seed)
    matrix = generator.standard_normal((patients, 4))
    matrix[:, 2] += 0.8 * matrix[:, 0]
    score = matrix[:, 0] + 0.5 * matrix[:, 1] + 0.5 * matrix[:, 2] + generator.standard_normal(patients)
    outcome = (score > 0).astype(np.float64) if kind == "binary" else score
    return material(matrix, [0, 0, 1, 2], outcome, kind=kind, repeats=repeats)
