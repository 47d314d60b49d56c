"""Whether a file of text can fit into memory, asked before it is read: Arrow ends the whole process if it does not."""

import sys
from collections.abc import Iterator
from pathlib import Path

from therapport.errors import CohortError

if sys.platform != "win32":
    import resource

TIMES_ITS_SIZE = 3
"""Memory that reading takes at its peak: 6.3 GB were measured for 2.1 GB of numbers."""
MEMINFO, CONTAINER = Path("/proc/meminfo"), Path("/sys/fs/cgroup/memory.max")


def refuse_what_does_not_fit(path: Path) -> None:
    """Raise CohortError if the file needs more memory than there is; where nobody can tell, it is tried."""
    needed = TIMES_ITS_SIZE * path.stat().st_size
    there = min(_limits(), default=needed)
    if needed > there:
        raise CohortError(
            f"{path}: a file of {path.stat().st_size / 1e9:,.1f} GB needs about {needed / 1e9:,.1f} GB of memory to be "
            f"read, and {there / 1e9:,.1f} GB are free; leave out columns, or save it as Parquet."
        )


def _limits() -> Iterator[int]:
    """What bounds this process, in bytes: free memory, its container, its own limit."""
    if MEMINFO.is_file():
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines())
        if "MemAvailable" in lines:
            yield int(lines["MemAvailable"].split()[0]) * 1024
    if CONTAINER.is_file() and (allowed := CONTAINER.read_text().strip()).isdigit():
        yield int(allowed)
    if sys.platform != "win32":
        own, _ = resource.getrlimit(resource.RLIMIT_AS)
        if own != resource.RLIM_INFINITY:
            yield own
