"""Tables that a benchmark writes into a page of the documentation, and what they were measured on."""

import os
import platform
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("therapport", "numpy", "numba", "xgboost-cpu", "shap", "woodelf-explainer")


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def machine(packages: Sequence[str] = PACKAGES) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}; {versions}."


def replace_part(page: Path, name: str, text: str) -> None:
    """Put the text between `<!-- name -->` and `<!-- end name -->`; both must stand in the page."""
    begin, end = f"<!-- {name} -->", f"<!-- end {name} -->"
    content = page.read_text()
    if begin not in content or end not in content:
        raise SystemExit(f"{page}: the marks {begin} and {end} are missing")
    pattern = re.compile(re.escape(begin) + r".*?" + re.escape(end), re.DOTALL)
    page.write_text(pattern.sub(lambda _: f"{begin}\n{text}\n{end}", content))


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
