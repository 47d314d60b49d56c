"""A tuned study beside scikit-learn's nested random search: `python -m tests.bench.tuning [--write PAGE]`."""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import xgboost
from joblib import Parallel, delayed
from rich.console import Console
from scipy.stats import loguniform, randint, uniform
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, RandomizedSearchCV
from sklearn.pipeline import make_pipeline

from tests.bench import tables
from tests.features.transformers import transformer
from therapport import cohort, features, simulator, validation
from therapport.codebook import Codebook, read
from therapport.models import Task
from therapport.simulator import measures
from training import out_of_fold
from training.design import Target

FOLDS = 5
HEADER = ("candidate", "ours, s", "scikit-learn, s", "ours / scikit-learn", "AUC, ours", "AUC, scikit-learn")


def target(patients: int, trials: int) -> tuple[Target, Codebook]:
    made = simulator.simulate(patients=patients, therapists=patients // 50, sites=8, missing=0.05, seed=1)
    codebook = read(measures.CODEBOOK)
    known = cohort.validate(made.cohort, codebook)
    factors = tuple(codebook.factors)
    matrix = features.factor_matrix(known.table, codebook, factors)
    first, last = (known.table[name].to_numpy() for name in ("phq9_intake", "phq9_end"))
    groups = np.unique(known.table["therapist_id"], return_inverse=True)[1]
    task = Task("binary", codebook, factors, "phq9_intake", 1, trials=trials, inner_folds=FOLDS)
    return Target(task, np.arange(len(matrix)), matrix, (first - last >= 6).astype(float), groups), codebook


def searches(codebook: Codebook, factors: tuple[str, ...], trials: int) -> Iterator[tuple[str, RandomizedSearchCV]]:
    """The same candidates over the same spaces, as scikit-learn's users write them."""

    def pipeline(model: object, *, impute: bool) -> object:
        return make_pipeline(transformer(codebook, factors, impute=impute), model)

    models = {
        "elastic_net": (
            pipeline(LogisticRegression(solver="saga", l1_ratio=0.5, tol=1e-3, max_iter=500), impute=True),
            {"logisticregression__C": loguniform(1e-3, 10), "logisticregression__l1_ratio": uniform(0, 1)},
        ),
        "random_forest": (
            pipeline(RandomForestClassifier(100, random_state=1), impute=False),
            {
                "randomforestclassifier__max_depth": randint(2, 9),
                "randomforestclassifier__max_features": uniform(0.1, 0.9),
                "randomforestclassifier__min_samples_leaf": randint(5, 100),
            },
        ),
        "xgboost": (
            pipeline(xgboost.XGBClassifier(tree_method="hist", n_jobs=1, random_state=1), impute=False),
            {
                "xgbclassifier__n_estimators": randint(10, 301),
                "xgbclassifier__max_depth": randint(1, 7),
                "xgbclassifier__learning_rate": loguniform(0.02, 0.3),
                "xgbclassifier__min_child_weight": loguniform(1, 50),
                "xgbclassifier__subsample": uniform(0.5, 0.5),
                "xgbclassifier__colsample_bytree": uniform(0.3, 0.7),
                "xgbclassifier__reg_lambda": loguniform(0.1, 30),
            },
        ),
    }
    for name, (model, space) in models.items():
        yield name, RandomizedSearchCV(model, space, n_iter=trials, cv=GroupKFold(FOLDS), n_jobs=-1, random_state=1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--patients", type=int, default=4000)
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    arguments = parser.parse_args()
    console = Console()
    made, codebook = target(arguments.patients, arguments.trials)
    fold = validation.fold_numbers(made.cluster, made.outcome, folds=FOLDS, repeats=1, seed=1, binary=True)
    rows, theirs_together = [], 0.0
    # Starting the processes, which both sides then use, is nobody's time.
    Parallel(n_jobs=-1)(delayed(out_of_fold.fit)("prevalence", *_few(made)) for _ in range(8))
    for name, search in searches(codebook, made.task.factors, arguments.trials):
        with console.status(f"{name}: ours"):
            start = time.perf_counter()
            ours = out_of_fold.predictions(made, name, fold, done=lambda: None).prediction[0]
            own_time = time.perf_counter() - start
        with console.status(f"{name}: scikit-learn"):
            start = time.perf_counter()
            theirs = _nested(search, made, fold[0])
            their_time = time.perf_counter() - start
        theirs_together += their_time
        figures = [roc_auc_score(made.outcome, prediction) for prediction in (ours, theirs)]
        times = [f"{own_time:.0f}", f"{their_time:.0f}", f"{own_time / their_time:.2f}"]
        rows.append([name, *times, *(f"{figure:.3f}" for figure in figures)])
    with console.status("all three, as a study runs them"):
        start = time.perf_counter()
        out_of_fold.side_by_side(made, ["elastic_net", "xgboost", "random_forest"], fold, done=lambda: None)
        together = time.perf_counter() - start
    rows.append(["all three", f"{together:.0f}", f"{theirs_together:.0f}", f"{together / theirs_together:.2f}", "", ""])
    about = (
        f"{arguments.patients:,} patients, {arguments.trials} trials each, {FOLDS} x {FOLDS} nested folds by therapist."
    )
    text = f"{tables.markdown(HEADER, rows)}\n\n{about} {tables.machine(('scikit-learn', 'optuna', 'xgboost-cpu'))}"
    console.print(text, soft_wrap=True)
    if arguments.write is not None:
        tables.replace_part(arguments.write, "tuning", text)


def _few(made: Target) -> tuple[Task, np.ndarray, np.ndarray, np.ndarray]:
    return made.task, made.matrix[:100], made.outcome[:100], made.cluster[:100]


def _nested(search: RandomizedSearchCV, made: Target, fold: np.ndarray) -> np.ndarray:
    prediction = np.empty(len(made.outcome))
    for number in range(FOLDS):
        seen = fold != number
        search.fit(made.matrix[seen], made.outcome[seen], groups=made.cluster[seen])
        prediction[~seen] = search.predict_proba(made.matrix[~seen])[:, 1]
    return prediction


if __name__ == "__main__":
    main()
