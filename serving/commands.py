"""The commands of serving: what each asks for and what it prints. Heavy imports happen inside them."""

from pathlib import Path
from typing import Any

import click

from serving.audit import commands as audit
from serving.monitoring import commands as monitoring
from serving.security import commands as security
from therapport.language import ENGLISH, LANGUAGES

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
OVERWRITE = click.option("--overwrite", is_flag=True, help="Replace files that are there already.")


@click.command()
@click.argument("model")
@click.argument("cohort", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="A folder, or a .parquet or .csv file."
)
@click.option(
    "--outputs",
    type=click.Choice(["probabilities", "families", "intervals", "factors"]),
    multiple=True,
    default=("intervals",),
    show_default=True,
    help="What is computed, the more the slower; may be given several times.",
)
@click.option("--table", help="The table of a DuckDB database that holds the cohort.")
@click.option("--measurements", type=FILE, help="A long table, joined as of the moment at which the model predicts.")
@click.option("--codebook", type=FILE, help="The cohort's codebook: refused if the model was made for another one.")
@click.option("--encoding", help="Of CSV files that are not UTF-8, such as cp1252.")
@click.option("--ignore-unknown", is_flag=True, help="Leave out columns that the codebook does not know.")
@click.option("--allow-absent", is_flag=True, help="Take factors without a column as missing for everyone.")
@click.option(
    "--most-rejected",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    help="The share of rows that may break the codebook; with more, nothing is written.",
)
@click.option("--part-rows", type=click.IntRange(min=1), default=1 << 17, show_default=True, help="Rows in a part.")
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True)
@click.option("--workers", type=click.IntRange(min=1), help="Threads, or tasks of Spark at a time; else one per core.")
@OVERWRITE
def score(
    *,
    model: str,
    cohort: Path,
    output: Path,
    outputs: tuple[str, ...],
    codebook: Path | None,
    engine: str,
    workers: int | None,
    **said: Any,  # noqa: ANN401 - options of several types, as click has checked them
) -> None:
    """Predict and explain every patient of a COHORT with a MODEL (models:/NAME@champion, or a folder).

    The cohort is a file, a folder of Parquet files, or a table of a DuckDB database. Rows that break the codebook are
    left out and listed in a file of their own. A run that was interrupted goes on where it stopped.
    """
    from serving import score as job
    from serving.batch import Settings
    from therapport.predictor.outputs import Output
    from therapport.registry import find

    predictor = find.find(model)
    if codebook is not None:
        job.require_same_codebook(predictor, codebook)
    settings = Settings(outputs=tuple(map(Output, outputs)), threads=workers, **said)
    done = job.score(predictor, cohort, output, settings, engine=engine, workers=workers)
    for notice in done.notices:
        click.echo(f"Note: {notice}")
    click.echo(f"{done.scored + done.abstained:,} patients, of whom the predictor abstained in {done.abstained:,}.")
    if done.rejected_rows is not None:
        click.echo(
            f"{done.rejected:,} of {done.rows:,} rows break the codebook and were left out: {done.rejected_rows}."
        )
    if done.aside is not None:
        click.echo(
            f"Outcomes that belonged to the answers before are now in {done.aside}. Where they are those of the same "
            f"courses: therapport outcomes add {output} {done.aside}"
        )
    click.echo(f"Answers in {done.answers}.")


@click.command()
@click.argument("model")
@click.option("-o", "--output", type=FILE, required=True, help="The HTML file to write.")
@OVERWRITE
def report(model: str, output: Path, overwrite: bool) -> None:
    """Write a MODEL's report: who, how good, what it rests on; one HTML file that needs no network."""
    from serving import report as job
    from therapport import files
    from therapport.registry import find

    files.write_file(output, job.render(find.find(model)).encode(), overwrite=overwrite)
    click.echo(f"Report in {output}.")


@click.command()
@click.argument("model")
@click.option("-o", "--output", type=FILE, required=True, help="The file to write: .html or .md.")
@OVERWRITE
def card(model: str, output: Path, overwrite: bool) -> None:
    """Write a MODEL's card with its TRIPOD+AI checklist; what only people know is marked."""
    from therapport import card as cards
    from therapport import files
    from therapport.registry import find

    renderer = {".html": cards.page, ".md": cards.markdown}.get(output.suffix.lower())
    if renderer is None:
        raise click.UsageError(f"{output}: a card is written as .html or .md.")
    files.require_free(output, overwrite=overwrite)
    made = cards.card(find.find(model))
    files.write_file(output, renderer(made).encode(), overwrite=overwrite)
    click.echo(f"Card in {output}.")
    if made.to_fill_in:
        click.echo(f"For a person to fill in, under [card] in the study: {', '.join(made.to_fill_in)}.")


@click.command()
@click.argument("models", nargs=-1, required=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on; 0 takes a free one.")
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that answer side by side."
)
@click.option("--cohort", type=click.Path(path_type=Path), help="The caseload: a cohort file, or a scored cohort.")
@click.option("--measurements", type=FILE, help="The long table of a cohort file.")
@click.option("--state", type=FOLDER, help="The folder of keys and audit trail; without it there is neither.")
@click.option(
    "--language",
    type=click.Choice(tuple(LANGUAGES)),
    default=ENGLISH,
    show_default=True,
    help="Of pages for which neither address nor browser says another one.",
)
@click.option(
    "--watch",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0),
    help="Seconds between looks for a newly promoted version; 0 does not look.",
)
def serve(
    models: tuple[str, ...],
    *,
    host: str,
    port: int,
    workers: int,
    cohort: Path | None,
    measurements: Path | None,
    state: Path | None,
    language: str,
    watch: float,
) -> None:
    """Answer for one or more MODELS over HTTP: the API and the pages."""
    from serving.live import server
    from serving.live.worker import Settings

    settings = Settings(models, state, cohort=cohort, measurements=measurements, language=language, watch_seconds=watch)
    server.run(settings, host=host, port=port, workers=workers)


COMMANDS = (score, report, card, serve, *security.COMMANDS, *audit.COMMANDS, *monitoring.COMMANDS)
