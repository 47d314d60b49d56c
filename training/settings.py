"""Parameters of a simulation as they are typed: NAME=VALUE."""

from collections.abc import Iterable

import click

WORDS = {"true": True, "false": False}


def parse(settings: Iterable[str]) -> dict[str, float | bool]:
    """Name -> number, or true or false; raises click.UsageError for what is neither, or twice."""
    parsed: dict[str, float | bool] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        if name in parsed:
            raise click.UsageError(f"--set {name}: given twice.")
        try:
            parsed[name] = WORDS[value] if value in WORDS else float(value)
        except ValueError:
            raise click.UsageError(f"--set {setting}: must be NAME=VALUE, with a number, true or false.") from None
    return parsed
