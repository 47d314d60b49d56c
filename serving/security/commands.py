"""`therapport keys`: what each command asks for and what it prints."""

from pathlib import Path

import click

from serving.options import STATE


@click.group()
def keys() -> None:
    """Make, list and revoke the API keys of `therapport serve --state`."""


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(["score", "explain", "admin"]),
    help="What it may ask for; several are allowed.",
)
@STATE
def add(name: str, scopes: tuple[str, ...], state: Path) -> None:
    """Make a key called NAME; it is shown this once and never again."""
    from serving.audit.folder import State
    from serving.security import keys as ring

    wanted = tuple(scope for scope in ring.SCOPES if scope in scopes)
    click.echo(ring.add(State(state).keys, name, wanted))
    click.echo("This is the only time that the key is shown; what is kept of it is a hash.", err=True)


@keys.command("list")
@STATE
def list_(state: Path) -> None:
    """Show names, scopes and ages of the keys; never a key."""
    from serving.audit.folder import State
    from serving.security.keys import KeyRing

    known = KeyRing(State(state).keys).keys().values()
    for key in known:
        click.echo(f"{key.id}  {key.name}  {', '.join(key.scopes)}  made {key.created[:10]}")
    if not known:
        click.echo("There are no keys.")


@keys.command()
@click.argument("key")
@STATE
def revoke(key: str, state: Path) -> None:
    """Revoke the key of this name or id; running servers notice at once."""
    from serving.audit.folder import State
    from serving.security import keys as ring

    gone = ring.revoke(State(state).keys, key)
    click.echo(f"Revoked: {gone.name} ({gone.id}).")


COMMANDS = (keys,)
