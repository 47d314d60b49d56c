"""The command `therapport`: gathers its sub-commands from the apps, which register them as entry points.

The library never imports the apps; each names its commands in the entry-point group `therapport.commands`.
"""

import contextlib
import os
import sys
import traceback
from importlib.metadata import entry_points
from typing import NoReturn

import click

GROUP = "therapport.commands"


class Commands(click.Group):
    """Sub-commands of every installed app, in the order in which a newcomer needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        """In the order of registration, which tells a story; click would sort them."""
        return list(self.commands)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="therapport")
def therapport() -> None:
    """Predict how a course of psychotherapy will end, and see what the prediction rests on.

    Research and decision support for adults in out-patient care. Not a diagnosis, not for crises, never a reason to
    deny care; what a prediction rests on is association, not effect.
    """


def main() -> None:
    """Run the command as a process of its own."""
    from therapport.errors import CohortError

    try:
        run()
    except SystemExit as ended:
        if ended.code == CohortError.exit_code:
            _leave(CohortError.exit_code)
        raise


def _leave(code: int) -> NoReturn:
    # A file that has just been refused can leave Arrow a thread that aborts the process while the interpreter is taken
    # down (apache/arrow issue 34314; one in forty on a busy machine). Nothing else runs yet, so nothing is taken down.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # Whoever read it has gone.
            stream.flush()
    os._exit(code)


def run() -> None:
    """Run the command; a known error ends in a sentence and its exit code, never in a traceback."""
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name, reverse=True):
        for command in entry.load().COMMANDS:
            therapport.add_command(command)
    try:
        therapport(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped; nothing was half-written.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - the outermost place
        _end(error)


def _end(error: Exception) -> None:
    from therapport.errors import TherapportError

    if isinstance(error, TherapportError):
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    if os.environ.get("THERAPPORT_TRACEBACK"):
        traceback.print_exception(error)
    else:
        # The message of an unforeseen error may quote a patient's value, so only its kind and place are shown.
        last = traceback.extract_tb(error.__traceback__)[-1]
        click.echo(
            f"Error: an unforeseen {type(error).__name__} in {last.name}, line {last.lineno}. Please report it; "
            f"THERAPPORT_TRACEBACK=1 shows the details, which may hold values of patients.",
            err=True,
        )
    sys.exit(1)


if __name__ == "__main__":
    main()
