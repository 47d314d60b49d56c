"""`therapport audit`: what each command asks for and what it prints."""

import datetime
import sys
from pathlib import Path

import click

from serving.options import STATE


@click.group()
def audit() -> None:
    """Check the audit trail of `therapport serve --state`, or erase from it."""


@audit.command()
@STATE
@click.option(
    "--heads",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file, kept elsewhere, that notes where each chain ends: the next check sees whether anything was cut off.",
)
def verify(state: Path, heads: Path | None) -> None:
    """Check every chain: no line changed, left out, put in or cut off; exit code 10 if one was."""
    from serving.audit.folder import State
    from serving.audit.verify import MOST_TOLD, verify
    from therapport.errors import AuditTrailError

    report = verify(State(state).audit, heads=heads)
    if report.problems:
        more = len(report.problems) - MOST_TOLD
        told = [*report.problems[:MOST_TOLD], *([f"and {more:,} more"] if more > 0 else [])]
        raise AuditTrailError("The audit trail is not what was written.", told)
    chains = report.chains
    begun = sum(one.continues is None for one in chains)
    files = f" in {len(chains):,} files" if len(chains) > begun else ""
    click.echo(f"{begun:,} chains{files}, {sum(one.answers for one in chains):,} answers: intact.")
    if erased := sum(len(one.erased) for one in chains):
        click.echo(f"{erased:,} lines were erased, as the trail itself says.")
    if torn := sum(one.torn for one in chains):
        click.echo(f"{torn:,} chains end in half a line: a process was killed before it answered.")


@audit.command()
@STATE
@click.option("--patient", is_flag=True, help="One patient's lines; the id is asked for, so that no shell keeps it.")
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="All lines from before this day (UTC).")
def erase(state: Path, *, patient: bool, before: datetime.datetime | None) -> None:
    """Erase what the trail says of a patient, or of everyone before a day; the chains stay whole."""
    from serving.audit import erase as erasing
    from serving.audit.folder import State

    if patient == (before is not None):
        raise click.UsageError("Say either --patient or --before.")
    tomorrow = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
    if before is not None and before.date() > tomorrow:
        # What is erased cannot be had back, so a slip in the year must not take everything.
        raise click.BadParameter("this day is yet to come; nothing was erased.", param_hint="'--before'")
    folder = State(state)
    if before is not None:
        done = erasing.erase_before(folder, before.date())
    else:
        erasing.require_trail(folder)
        # Without a terminal, such as in a script, the id comes through a pipe.
        is_typed = sys.stdin.isatty()
        said = click.prompt("Id of the patient", hide_input=True) if is_typed else sys.stdin.readline().rstrip("\r\n")
        done = erasing.erase_patient(folder, said)
    click.echo(f"{done.lines:,} lines of {done.chains:,} chains erased.")


COMMANDS = (audit,)
