"""Options that several commands have."""

from pathlib import Path

import click

STATE = click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder of the server's keys and audit trail.",
)
