"""Shares of families beside a loop of scikit-learn and xgboost: `python -m tests.bench.shares [--write PAGE]`.

Ours: every set of families in every fold of every repeat, intervals with their refits. Theirs: pipelines as users write
them, one for each set of families, in the folds of fewer repeats, whose time is multiplied. Both use every core.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import xgboost
from joblib import Parallel, delayed
from numpy.typing import NDArray
from rich.console import Console
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import brier_score_loss, r2_score
from sklearn.pipeline import make_pipeline

from tests.bench import tables
from tests.features.transformers import transformer
from therapport import simulator
from therapport.simulator.files import write
from training import design as designs
from training import study as studies
from training.design import Design
from training.shares import boosted, coalitions, partition, worth
from training.shares.coalitions import MODELS, Model
from training.shares.material import Material, Part
from training.shares.material import material as as_material
from training.shares.multiverse import choices as choosing
from training.shares.multiverse import specification

HEADER = ("outcome and model", "ours, s", "a loop, s", "ours / loop", "all families, ours", "all families, loop")
OUTCOMES = {"binary": "response", "score": "end score"}
FloatArray = NDArray[np.float64]


def study(patients: int, folder: Path, *, repeats: int) -> Design:
    made = simulator.simulate(patients=patients, therapists=patients // 50, sites=8, missing=0.05, seed=1)
    write(made, folder)
    path = folder / "study.toml"
    path.write_text(path.read_text().replace("repeats = 2", f"repeats = {repeats}"))
    return designs.read(studies.read(path))


def ours(material: Material, model: Model) -> float:
    """What all families explain; everything that the report's first question takes is done."""
    widened = partition.widening(material, draws=200, seed=1)
    predictions = coalitions.predict(material, model)
    measures = worth.measures(binary=material.binary)
    found = [partition.partition(predictions, one, widened=widened, draws=1000, seed=1) for one in measures]
    return found[0].total.value


def theirs(material: Material, model: Model, repeats: int) -> float:
    """Predictions of every set of families, without any interval; what all families explain."""
    parts = [part for part in material.parts() if part.repeat < repeats]
    return float(np.mean(Parallel(n_jobs=-1)(delayed(_refitted)(material, model, part) for part in parts)))


def _refitted(material: Material, model: Model, part: Part) -> float:
    task, matrix, outcome = material.target.task, material.target.matrix, material.target.outcome
    everything = 0.0
    for coalition in range(1, material.coalitions):
        held = np.flatnonzero(coalition >> material.family_of_factor & 1)
        names = tuple(task.factors[place] for place in held)
        pipeline = make_pipeline(transformer(task.codebook, names, impute=model == "linear"), _model(material, model))
        pipeline.fit(matrix[np.ix_(part.seen, held)], outcome[part.seen])
        tested, truth = matrix[np.ix_(part.tested, held)], outcome[part.tested]
        if material.binary:
            chance = pipeline.predict_proba(tested)[:, 1]
            base = float(((truth - outcome[part.seen].mean()) ** 2).mean())
            everything = 1 - float(brier_score_loss(truth, chance)) / base
        else:
            everything = float(r2_score(truth, pipeline.predict(tested)))
    return everything


def _model(material: Material, model: Model) -> object:
    if model == "linear":
        return LogisticRegression(max_iter=1000) if material.binary else Ridge()
    settings = {
        "n_estimators": boosted.ROUNDS,
        "max_depth": boosted.DEPTH,
        "learning_rate": boosted.LEARNING_RATE,
        "max_bin": boosted.BINS,
        "reg_lambda": 2.0,
        "n_jobs": 1,
    }
    return xgboost.XGBClassifier(**settings) if material.binary else xgboost.XGBRegressor(**settings)


def timed(work: Callable[[], float]) -> tuple[float, float]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def multiverse(design: Design, number: int) -> str:
    """The time of all specifications, from so many of them drawn at random."""
    chosen = choosing.choices(design)
    wanted = [one for one in chosen.specifications() if one["landmark"] == design.study.table.landmark.value]
    some = [wanted[place] for place in np.random.default_rng(1).permutation(len(wanted))[:number]]
    start = time.perf_counter()
    for one in some:
        specification.carried_out(chosen, one, design)
    each = (time.perf_counter() - start) / len(some)
    return (
        f"A specification of the multiverse takes {each:.1f} s (mean of {len(some)} at session 3, linear and boosted "
        f"trees), so 200 of them {200 * each / 60:.0f} minutes."
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--patients", type=int, default=4000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--their-repeats", type=int, default=1)
    parser.add_argument("--specifications", type=int, default=20, help="of the multiverse")
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    arguments = parser.parse_args()
    console = Console()
    rows, totals = [], np.zeros(2)
    with tempfile.TemporaryDirectory() as folder:
        design = study(arguments.patients, Path(folder), repeats=arguments.repeats)
        # Starting the processes, which both sides then use, is nobody's time.
        Parallel(n_jobs=-1)(delayed(abs)(one) for one in range(8))
        scale = arguments.repeats / arguments.their_repeats
        played = [as_material(design.study, target) for target in design.targets]
        ours(played[0], "linear")  # the workers import what they need
        for material in played:
            for model, label in MODELS.items():
                name = f"{OUTCOMES[material.target.kind]}, {label.lower()}"
                with console.status(f"{name}: ours"):
                    own_time, own = timed(lambda: ours(material, model))  # noqa: B023 - called at once
                with console.status(f"{name}: a loop"):
                    their_time, their = timed(lambda: theirs(material, model, arguments.their_repeats))  # noqa: B023
                their_time *= scale
                totals += own_time, their_time
                times = [f"{own_time:.1f}", f"{their_time:.1f}", f"{own_time / their_time:.2f}"]
                rows.append([name, *times, f"{own:.3f}", f"{their:.3f}"])
        rows.append(["together", f"{totals[0]:.1f}", f"{totals[1]:.1f}", f"{totals[0] / totals[1]:.2f}", "", ""])
        with console.status("multiverse"):
            ways = multiverse(design, arguments.specifications)
    about = (
        f"{arguments.patients:,} patients, of whom {len(design.targets[0].rows):,} were still in treatment; "
        f"{played[0].coalitions} sets of families, {design.study.table.validation.folds} folds, {arguments.repeats} "
        f"repeats; the loop was timed for {arguments.their_repeats} and multiplied, and makes no intervals. {ways}"
    )
    machine = tables.machine(("scikit-learn", "xgboost-cpu"))
    text = f"{tables.markdown(HEADER, rows)}\n\n{about} {machine}"
    console.print(text, soft_wrap=True)
    if arguments.write is not None:
        tables.replace_part(arguments.write, "shares", text)


if __name__ == "__main__":
    main()
