"""The commands of training: what each asks for and what it prints. Heavy imports happen inside them."""

from pathlib import Path

import click

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
SCENARIOS = (
    "published",
    "realistic",
    "common_factors_only",
    "techniques_only",
    "null",
    "keijsers",
    "ehealth_gap",
    "leaky",
    "drifting",
)
"""Those of therapport.simulator, named here because importing it would slow down every other command."""
OVERWRITE = click.option("--overwrite", is_flag=True, help="Replace files that are there already.")


@click.command()
@click.argument("name", type=click.Choice(["btheb", "jobs", "anorexia", "thp"]))
@click.option("-o", "--output", type=FOLDER, required=True, help="The folder to write into.")
@click.option("--download", is_flag=True, help="Fetch what is not shipped (thp only) from its public home, once.")
@OVERWRITE
def examples(name: str, output: Path, *, download: bool, overwrite: bool) -> None:
    """Write a real cohort with its codebook and study, to start from."""
    from therapport import examples as shipped
    from therapport.examples import remote as remotes

    remote = shipped.EXAMPLES[name].remote
    if download and remote is None:
        raise click.UsageError(f"{name} needs no download; leave --download out.")
    if download and remote is not None and not remote.is_kept():
        click.echo(f"Downloading {remote.address}")
        with click.progressbar(length=1, label=remote.name) as bar:

            def received(new: int, total: int | None) -> None:
                bar.length = total
                bar.update(new)

            remotes.download(remote, received=received)
        click.echo(f"Kept in {remote.path}")
    for path in shipped.write(name, output, overwrite=overwrite):
        click.echo(path)
    click.echo(f"Next: therapport check {output / 'study.toml'}")


@click.command()
@click.argument("cohort", type=FILE)
@click.option("-o", "--output", type=FOLDER, required=True, help="The folder to write into.")
@click.option("--encoding", help="Of a file that is not UTF-8 and does not say so, such as cp1252.")
@OVERWRITE
def init(cohort: Path, output: Path, encoding: str | None, overwrite: bool) -> None:
    """Draft codebook and study for the patients of a file, COHORT, with a reason for every guess."""
    from therapport import draft

    made = draft.write(cohort, output, encoding=encoding, overwrite=overwrite)
    for line in draft.summary(made):
        click.echo(line)
    lacking = "Fill that in, and review the rest" if made.lacks else "Review both files (search for REVIEW)"
    click.echo(f"{lacking}. Next: therapport check {output / 'study.toml'}")


@click.command()
@click.option("--scenario", type=click.Choice(SCENARIOS), default="published", show_default=True, help="What is true.")
@click.option("--patients", default=4000, show_default=True, help="How many patients.")
@click.option("--therapists", default=80, show_default=True, help="Among how many therapists.")
@click.option("--sites", default=8, show_default=True, help="At how many sites.")
@click.option("--factors", default=12, show_default=True, help="How many factors, before those of layers: 12 or 40.")
@click.option("--missing", default=0.05, show_default=True, help="Share of values missing at random after intake.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same files.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A layer or a path; see docs/simulator.md."
)
@click.option("-o", "--output", type=FOLDER, required=True, help="The folder to write into.")
@OVERWRITE
def simulate(
    *,
    scenario: str,
    patients: int,
    therapists: int,
    sites: int,
    factors: int,
    missing: float,
    seed: int,
    settings: tuple[str, ...],
    output: Path,
    overwrite: bool,
) -> None:
    """Write a SIMULATED cohort with a known truth and all six families: patients, sessions, codebook, study, truth."""
    from therapport import simulator
    from training import settings as parameters

    design = simulator.asked(
        patients=patients,
        therapists=therapists,
        sites=sites,
        seed=seed,
        missing=missing,
        scenario=scenario,
        factors=factors,
        parameters=parameters.parse(settings),
    )
    with click.progressbar(length=design.patients, label="Patients") as bar:
        paths = simulator.write_blocks(design, output, overwrite=overwrite, done=bar.update)
    for path in paths:
        click.echo(path)
    click.echo(f"Truth: {design.preset.truth}")
    click.echo(f"Simulated: nobody in this cohort exists. Next: therapport check {output / 'study.toml'}")


@click.command()
@click.argument("study", type=FILE)
@click.option("-o", "--output", type=FILE, help="Also write what was found as an HTML file.")
@OVERWRITE
def check(study: Path, output: Path | None, overwrite: bool) -> None:
    """Check a STUDY with its codebook and cohort: every problem at once, before anything is fitted."""
    from training import check as job

    job.run(study, report=output, overwrite=overwrite)


@click.command()
@click.argument("study", type=FILE)
@click.option("--save", type=FOLDER, help="Also write the predictor as a portable folder.")
@click.option("--dask", metavar="ADDRESS", help="Spread the fits over the Dask scheduler at this address.")
@OVERWRITE
def compare(study: Path, save: Path | None, dask: str | None, overwrite: bool) -> None:
    """Compare the candidates of a STUDY out of fold, track them in MLflow, register the preferred one."""
    from training import compare as job
    from training import workers

    with workers.spread_over(dask):
        job.run(study, save=save, overwrite=overwrite)


@click.command()
@click.argument("name")
def promote(name: str) -> None:
    """Make the challenger of the registered model NAME its champion."""
    from therapport.registry import aliases

    promotion = aliases.promote(name)
    followed = f"; version {promotion.previous} is kept as 'previous'" if promotion.previous else ""
    click.echo(f"{name}: version {promotion.version} is now champion{followed}.")
    click.echo(f"Next: therapport report models:/{name}@champion -o report.html")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=5000, show_default=True, help="The port to listen on.")
def ui(host: str, port: int) -> None:
    """Open the MLflow UI on mlruns/: candidates side by side, registered models."""
    from therapport.tracking import ui as job

    for experiment, address in job.addresses(f"http://{host}:{port}").items():
        click.echo(f"{experiment}\n  {address}")
    job.run(host=host, port=port)


COMMANDS = (examples, init, simulate, check, compare, promote, ui)
