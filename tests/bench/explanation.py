"""The family game beside its peers, all in one run: `python -m tests.bench.explanation [--write PAGE]`."""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shap
import xgboost
from rich.console import Console
from woodelf import WoodelfExplainer

from tests.bench import tables
from therapport.explanation.trees import TreeGame, compile_trees
from therapport.models.trees import read_ensemble

ROWS, COLUMNS, FAMILIES, REFERENCE, TREES, MISSING = 200_000, 40, 6, 500, 300, 0.1
ROUNDS = 9
SLOW = {
    "pred_contribs": {3: 20_000, 4: 10_000, 6: 4_000, 8: 1_000},
    "shap": {3: 100, 4: 100, 6: 50, 8: 20},
    "woodelf": {3: 100_000, 4: 50_000, 6: 20_000, 8: 2_000},
}
"""Rows that the slow peers are given; their time grows in proportion."""


@dataclass(frozen=True)
class Timed:
    name: str
    rows: int
    seconds: list[float]

    @property
    def rate(self) -> float:
        return self.rows / float(np.median(self.seconds))


def material(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Patients with linear effects, an interaction across families and missing values."""
    generator = np.random.default_rng(seed)
    patients = generator.normal(size=(ROWS, COLUMNS)).astype(np.float32)
    effect = 0.3 * patients @ generator.normal(size=COLUMNS) + patients[:, 0] * patients[:, 7]
    outcome = (effect + generator.logistic(size=ROWS) > 0).astype(float)
    patients[generator.random(patients.shape) < MISSING] = np.nan
    return patients, outcome


def fitted(patients: np.ndarray, outcome: np.ndarray, depth: int) -> xgboost.Booster:
    settings = {
        "objective": "binary:logistic", "max_depth": depth, "learning_rate": 0.05, "tree_method": "hist",
        "subsample": 0.8, "seed": 1,
    }  # fmt: skip
    return xgboost.train(settings, xgboost.DMatrix(patients[:20_000], label=outcome[:20_000]), TREES)


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def compared(depth: int, patients: np.ndarray, booster: xgboost.Booster, game: TreeGame) -> list[Timed]:
    """Plain prediction and ours turn by turn, so that both meet the same machine; then the slow ones once."""
    quick: dict[str, Callable[[], object]] = {
        "predict": lambda: booster.inplace_predict(patients, predict_type="margin"),
        "families": lambda: game.contributions(patients),
        "interactions": lambda: game.interactions(patients),
    }
    for run in quick.values():
        run()  # tables are made and code is compiled before the clock starts
    times: dict[str, list[float]] = {name: [] for name in quick}
    for _ in range(ROUNDS):
        for name, run in quick.items():
            times[name].append(seconds(run))
    made = [Timed(name, ROWS, found) for name, found in times.items()]
    few = patients[: SLOW["pred_contribs"][depth]]
    matrix = xgboost.DMatrix(few)
    made.append(Timed("pred_contribs", len(few), [seconds(lambda: booster.predict(matrix, pred_contribs=True))]))
    explainer = shap.TreeExplainer(booster, patients[:REFERENCE], feature_perturbation="interventional")
    few = patients[: SLOW["shap"][depth]]
    made.append(Timed("shap", len(few), [seconds(lambda: explainer.shap_values(few, check_additivity=False))]))
    names = [f"f{place}" for place in range(COLUMNS)]
    frame = pd.DataFrame(patients[: SLOW["woodelf"][depth]], columns=names)
    woodelf = WoodelfExplainer(booster, pd.DataFrame(patients[:REFERENCE], columns=names))
    made.append(Timed("woodelf", len(frame), [seconds(lambda: woodelf.shap_values(frame, verbose=False))]))
    return made


def row(depth: int, patients: np.ndarray, outcome: np.ndarray) -> list[str]:
    booster = fitted(patients, outcome, depth)
    base, trees = read_ensemble(booster)
    player = np.arange(COLUMNS) % FAMILIES
    game = compile_trees(base, trees, patients[:REFERENCE], player, players=FAMILIES)
    making = seconds(lambda: game.contributions(patients[:1]))
    by_name = {one.name: one for one in compared(depth, patients, booster, game)}
    own = booster.inplace_predict(patients, predict_type="margin")
    difference = float(np.abs(own - (game.reference + game.contributions(patients).sum(axis=1))).max())

    def against(name: str, other: str) -> str:
        ratios = np.array(by_name[name].seconds) / np.array(by_name[other].seconds)
        return f"{np.median(ratios):.2f} ({ratios.min():.2f}-{ratios.max():.2f})"

    ours = by_name["families"]
    return [
        str(depth),
        f"{ours.rate:,.0f}",
        against("families", "predict"),
        against("interactions", "predict"),
        f"{ours.rate / by_name['pred_contribs'].rate:,.0f}",
        f"{ours.rate / by_name['shap'].rate:,.0f}",
        f"{ours.rate / by_name['woodelf'].rate:,.0f}",
        f"{by_name['predict'].rate:,.0f}",
        f"{game.table_bytes / 2**20:.1f}",
        f"{making:.2f}",
        f"{difference:.0e}",
    ]


HEADER = (
    "depth",
    "families, patients/s",
    "time / plain prediction",
    "with interactions / plain prediction",
    "times as fast as `pred_contribs`",
    "as `shap` interventional",
    "as woodelf-explainer",
    "plain prediction, patients/s",
    "tables, MiB",
    "making tables, s",
    "largest difference to the model",
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    parser.add_argument("--depths", type=int, nargs="+", default=[3, 4, 6, 8])
    arguments = parser.parse_args()
    console = Console()
    patients, outcome = material()
    rows = []
    for depth in arguments.depths:
        with console.status(f"depth {depth}"):
            rows.append(row(depth, patients, outcome))
    text = f"{tables.markdown(HEADER, rows)}\n\n{tables.machine()}"
    console.print(text, soft_wrap=True)
    if arguments.write is not None:
        tables.replace_part(arguments.write, "explanation", text)


if __name__ == "__main__":
    main()
