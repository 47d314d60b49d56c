"""A thousand random models against the definition: `python -m tests.soak.explanation [--write PAGE]`."""

import argparse
import sys
from collections import defaultdict
from pathlib import Path

from joblib import Parallel, delayed
from rich.progress import track

from tests.bench import tables
from tests.explanation.random_models import Trial, trial

TOLERANCE = 1e-5
HEADER = ("model", "models", "depth", "families", "contributions", "interactions", "model's own score")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=int, default=1000)
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    arguments = parser.parse_args()
    jobs = Parallel(n_jobs=-1, return_as="generator")(delayed(trial)(seed) for seed in range(arguments.models))
    trials: list[Trial] = list(track(jobs, "Models", total=arguments.models))
    by_kind: dict[str, list[Trial]] = defaultdict(list)
    for one in trials:
        by_kind[one.kind].append(one)
    text = tables.markdown(HEADER, [_row(kind, found) for kind, found in by_kind.items()])
    print(text)  # noqa: T201 - what was asked for
    if arguments.write is not None:
        tables.replace_part(arguments.write, "random models", text)
    if any(max(one.contributions, one.interactions, one.total) > TOLERANCE for one in trials):
        sys.exit(f"a deviation above {TOLERANCE:g}")


def _row(kind: str, found: list[Trial]) -> list[str]:
    depths, families = [one.depth for one in found], [one.families for one in found]
    worst = [max(getattr(one, part) for one in found) for part in ("contributions", "interactions", "total")]
    spans = [f"{min(depths)}-{max(depths)}" if kind != "elastic net" else "", f"{min(families)}-{max(families)}"]
    return [kind, str(len(found)), *spans, *(f"{value:.0e}" for value in worst)]


if __name__ == "__main__":
    main()
