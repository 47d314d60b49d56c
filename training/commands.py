"""The commands of training: what each asks for and what it prints. Heavy imports happen inside them."""

from pathlib import Path
from typing import Literal

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
LANDMARKS = ("intake", "session1", "session3", "session5", "week4")
"""Those of therapport.codebook, named here for the same reason."""
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
@click.option(
    "--save", type=FOLDER, help="Also write the predictor as a portable folder, of several landmarks each below it."
)
@click.option("--dask", metavar="ADDRESS", help="Spread the fits over the Dask scheduler at this address.")
@click.option("--learning-curve", is_flag=True, help="Also fit to shares of the groups: would more patients help?")
@OVERWRITE
def compare(*, study: Path, save: Path | None, dask: str | None, learning_curve: bool, overwrite: bool) -> None:
    """Compare the candidates of a STUDY out of fold, track them in MLflow, register the preferred one."""
    from training import compare as job
    from training import workers

    with workers.spread_over(dask):
        job.run(study, save=save, learning_curve=learning_curve, overwrite=overwrite)


@click.command()
@click.argument("model")
@click.argument("study", type=FILE)
@click.option("--cohort", type=FILE, help="Another file of patients in place of the study's own.")
@click.option("--measurements", type=FILE, help="Its long table, in place of the study's own.")
@click.option("--encoding", help="Of a file that is not UTF-8 and does not say so, such as cp1252.")
@click.option("--by", metavar="LEVEL", help="The grouping level to pool over; unless stated, site or the coarsest.")
@click.option(
    "--recalibrate",
    type=click.Choice(["intercept", "slope"]),
    help="Also fit the intercept, or intercept and slope, to this cohort, and register the result as challenger.",
)
@click.option("--allow-training-cohort", is_flag=True, help="Go on even if the model was fitted on this very cohort.")
def validate(
    *,
    model: str,
    study: Path,
    cohort: Path | None,
    measurements: Path | None,
    encoding: str | None,
    by: str | None,
    recalibrate: Literal["intercept", "slope"] | None,
    allow_training_cohort: bool,
) -> None:
    """Hold a frozen MODEL against the outcomes of another cohort, which a STUDY describes."""
    from training.external import validate as job

    job.run(
        model,
        study,
        cohort=cohort,
        measurements=measurements,
        encoding=encoding,
        by=by,
        recalibrate=recalibrate,
        allow_training_cohort=allow_training_cohort,
    )


@click.command()
@click.argument("name")
@click.option("--on", type=FILE, metavar="STUDY", help="Hold challenger and champion against each other on its cohort.")
@click.option("--force", metavar="REASON", help="Promote whatever the checks say; the reason is kept with the version.")
def promote(name: str, on: Path | None, force: str | None) -> None:
    """Make the challenger of the registered model NAME its champion, if it passes the gate of its study."""
    from training.external import gate as job

    job.run(name, on=on, force=force)


@click.command()
@click.argument("name")
def rollback(name: str) -> None:
    """Make the previous champion of the registered model NAME its champion again."""
    from therapport.registry import aliases

    back = aliases.rollback(name)
    click.echo(f"{name}: version {back.version} is champion again; version {back.previous} is kept as 'previous'.")
    click.echo(f"To undo this: therapport rollback {name}")


@click.command()
@click.argument("study", type=FILE, required=False)
@click.option("-o", "--output", type=FILE, help="Also write the report as an HTML file.")
@click.option(
    "--published", is_flag=True, help="Recompute published shares; beside those of the STUDY, if one is named."
)
@click.option("--landmark", type=click.Choice(LANDMARKS), help="Of a study with several.")
@click.option(
    "--multiverse",
    type=FILE,
    help="Also every other way to ask; what is done is kept in this file, and taken up again.",
)
@OVERWRITE
def shares(
    study: Path | None,
    output: Path | None,
    *,
    published: bool,
    landmark: str | None,
    multiverse: Path | None,
    overwrite: bool,
) -> None:
    """How much each family of a STUDY adds to out-of-sample prediction: alone, shared and together; tracked."""
    from training.shares import job

    if study is not None:
        job.run(
            study,
            report=output,
            published=published,
            landmark=landmark,
            multiverse=multiverse,
            overwrite=overwrite,
        )
    elif published:
        job.run_published(report=output, overwrite=overwrite)
    else:
        raise click.UsageError("Name a STUDY, or ask for --published.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=5000, show_default=True, help="The port to listen on.")
def ui(host: str, port: int) -> None:
    """Open the MLflow UI on mlruns/: candidates side by side, registered models."""
    from therapport.tracking import ui as job

    for experiment, address in job.addresses(f"http://{host}:{port}").items():
        click.echo(f"{experiment}\n  {address}")
    job.run(host=host, port=port)


COMMANDS = (examples, init, simulate, check, compare, promote, validate, rollback, shares, ui)
