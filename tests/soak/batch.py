"""A run that is killed again and again: `python -m tests.soak.batch [--kills 50] [--write PAGE]`.

Each trial scores the same cohort, with bad rows in it, by the real command; kills it without warning at random moments
until one run comes to its end; and compares every byte with those of a run that nobody disturbed.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.batch import material
from tests.bench import cohort_model, tables

HEADER = ("killed", "runs to the end", "of them with the same bytes", "rows", "parts", "rejected rows")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        model = cohort_model.small(folder)
        path = material.cohort(folder, patients=arguments.rows)
        rejected = len(material.spoiled(path))
        part_rows = max(1, arguments.rows // 40)
        command = ("score", model, path, "--part-rows", part_rows, "--outputs", "families")
        begun = time.monotonic()
        running = material.begun(*command, "-o", "whole", cwd=folder)
        _, errors = running.communicate()
        if running.returncode:
            sys.exit(errors)
        length = time.monotonic() - begun
        expected = material.contents(folder / "whole")
        draw = np.random.default_rng(arguments.seed)
        killed = ended = same = 0
        while killed < arguments.kills:
            moments = iter([*draw.uniform(0.3 * length, 1.1 * length, 5), 100 * length])
            times, last = material.killed_again_and_again(
                *command, "-o", "out", cwd=folder, moments=moments, there=folder / "out" / "manifest.json"
            )
            if last.returncode:
                sys.exit(last.stderr)
            shutil.rmtree(folder / "out" / ".unfinished.done", ignore_errors=True)
            killed, ended = killed + times, ended + 1
            same += material.contents(folder / "out") == expected
            shutil.rmtree(folder / "out")
            print(f"killed {killed} times, {same} of {ended} ended the same", file=sys.stderr)  # noqa: T201 - progress
    parts = -(-arguments.rows // part_rows)
    text = tables.markdown(
        HEADER, [[str(killed), str(ended), str(same), f"{arguments.rows:,}", str(parts), f"{rejected:,}"]]
    )
    print(text)  # noqa: T201 - what was asked for
    if arguments.write is not None:
        tables.replace_part(arguments.write, "killed runs", text)
    if same < ended:
        sys.exit("a run did not end with the same bytes")


if __name__ == "__main__":
    main()
