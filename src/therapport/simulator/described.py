"""The codebooks and the studies of a simulated cohort: the shipped ones, with what its layers add."""

import functools
import re
import tomllib
from pathlib import Path
from typing import Any

from therapport import codebook
from therapport.codebook import Codebook
from therapport.simulator import further, measures, reliability
from therapport.simulator.design import Design

FURTHER = Path(__file__).parent / "further.toml"
STUDY = Path(__file__).parent / "study.toml"
SESSIONS = Path(__file__).parent / "sessions.toml"
FORMATS = {"face_to_face": "Face to face", "blended": "Blended"}
DROPPED_OUT = "dropped_out"
IN_TIME = 'start = "start_date"  # also split in time: the last 30 % of starts, predicted from the others\n'
FEWEST_IN_TIME = 300
"""Patients: of fewer, too few may start late to be tested on."""
LANDMARKS = """\
# A comparison at each; landmark = "session3" in place of this line makes it one.
landmarks = ["intake", "session1", "session3", "session5", "week4"]"""
WIDEST = "range = [-100000, 100000]"
UNLIMITED = """
[instruments.phq9_unlimited]
label = "PHQ-9 without floor and ceiling"
range = [-100, 100]
better = "lower"
step = 1
cutoff = 10
reliable_change = 6
"""


def added(design: Design) -> tuple[str, ...]:
    """The factors of a cohort beyond the twelve, in codebook order."""
    everywhere = set(further.INDICATORS) | set(further.CHOICES) if design.factors > 12 else set()  # noqa: PLR2004
    layers = {
        "directiveness": design.is_directive,
        "planned_sessions": bool(design.layers.short_treatments),
        "progress_note": bool(design.layers.leak),
    }
    return tuple(name for name in further_factors() if name in everywhere or layers.get(name))


@functools.cache
def further_factors() -> dict[str, Any]:
    """What the codebook says of each factor beyond the twelve."""
    factors: dict[str, Any] = tomllib.loads(FURTHER.read_text())["factors"]
    return factors


def codebook_text(design: Design) -> str:
    """The codebook of a cohort as TOML."""
    text = measures.CODEBOOK.read_text()
    blocks = dict(
        re.findall(r"^\[factors\.(\w+)\]\n(.*?)(?=^\[|\Z)", FURTHER.read_text(), flags=re.DOTALL | re.MULTILINE)
    )
    for name in added(design):
        text += f"\n[factors.{name}]\n{blocks[name].rstrip()}\n"
    if not design.is_published:
        text = re.sub(r'^source = """.*?"""$', lambda _: _source(design), text, flags=re.DOTALL | re.MULTILINE)
    if design.layers.measurement_error:
        text = _with_reliabilities(text, design.layers.measurement_error)
    formats = [name for name in FORMATS if getattr(design.layers, name)]
    if formats:
        text = text.replace("with depression in e-health", "with depression")
        text = text.replace("treated with guided or unguided e-health", "treated in several modes of delivery")
        listed = "".join(f', {name} = "{FORMATS[name]}"' for name in formats)
        text = text.replace('unguided = "Unguided e-health" }', f'unguided = "Unguided e-health"{listed} }}')
    if design.layers.dropout:
        text += f'\n[measures.{DROPPED_OUT}]\nlabel = "Left before the end of treatment"\nkind = "boolean"\n'
    if not (design.layers.whole_numbers and design.layers.floors_and_ceilings):
        text = re.sub(r"^range = .*$", WIDEST, text, flags=re.MULTILINE)
        text = text.replace('kind = "integer"', 'kind = "number"')
        text = re.sub(r'^instrument = "phq9"$', 'instrument = "phq9_unlimited"', text, flags=re.MULTILINE)
        text = re.sub(r'^instrument = "(?!phq9)\w+"\n', "", text, flags=re.MULTILINE) + UNLIMITED
    if not design.layers.caseness:
        text = text.replace("Invented adults with a PHQ-9 of 10 or more at intake", "Invented adults")
        text = text.replace('note = "Everybody is at caseness, so the lowest score is 10."\n', "")
    return text


def _with_reliabilities(text: str, error: float) -> str:
    """The codebook with what the instruments' errors leave of true variance."""
    values = reliability.reliabilities(error)
    for name, measurement in measures.MEASUREMENTS.items():
        if measurement.latent in values:
            found = rf"(^\[factors\.{name}\]\n(?:.+\n)*?)reliability = 1$"
            value = f"{values[measurement.latent]:.4g}"
            text = re.sub(found, rf"\g<1>reliability = {value}", text, flags=re.MULTILINE)
    return text


def _source(design: Design) -> str:
    return (
        f'source = """\nSimulated by therapport, scenario {design.scenario}, with every parameter in truth.json. '
        f'The scenario: {design.preset.truth}"""'
    )


def described(design: Design) -> Codebook:
    """The codebook of a cohort."""
    return codebook.parse(codebook_text(design).encode(), name="the simulated codebook")


def study_text(design: Design) -> str:
    """The study of a cohort as TOML, on the response of its scenario."""
    text = STUDY.read_text()
    response = design.preset.response
    text = text.replace('response = "reliable_improvement"', f'response = "{response}"')
    words = {"reliable_improvement": "reliable improvement", "recovery": "recovery", "half_drop": "50 % drop"}
    text = text.replace("cohort: reliable improvement and", f"cohort: {words[response]} and")
    if design.patients < FEWEST_IN_TIME or not design.layers.years:
        text = text.replace(IN_TIME, "")
    if design.scenario != "published":
        # A registry must not take the models of two worlds for versions of one.
        text = text.replace('name = "simulated"', f'name = "simulated-{design.scenario}"')
        text = text.replace('title = "Simulated cohort: ', f'title = "Simulated cohort ({design.scenario}): ')
    return text


def sessions_codebook_text(design: Design) -> str:
    """The codebook for landmark analyses: repeated measures in place of what the long table says better."""
    text = codebook_text(design)
    for name in ("alliance", "homework_completion"):
        text = re.sub(rf"^\[factors\.{name}\]\n.*?(?=^\[|^#|\Z)", "", text, flags=re.DOTALL | re.MULTILINE)
    text = text.replace("\n[dates]", 'ignored = ["alliance", "homework_completion"]\n\n[dates]', 1)
    return text + "\n" + SESSIONS.read_text()


def sessions_study_text(design: Design) -> str:
    """The study of landmark analyses: the same question, asked at every landmark, of the long table as well."""
    text = study_text(design)
    text = re.sub(r'^name = "([\w-]+)"$', r'name = "\1-sessions"', text, flags=re.MULTILINE)
    text = text.replace(
        'codebook = "codebook.toml"', 'codebook = "codebook-sessions.toml"\nmeasurements = "sessions.parquet"'
    )
    text = text.replace('landmark = "session3"', LANDMARKS)
    text = re.sub(r"^(sessions = .*)$", r"\1\nlast_measurement = true  # at week 4", text, flags=re.MULTILINE)
    for column, factor in (("alliance", "alliance_last"), ("homework_completion", "homework_mean")):
        text = text.replace(f'["{column}"', f'["{factor}"')
    return text.replace("predicted at session 3", "predicted from the sessions so far")


def range_of(name: str) -> tuple[float, float]:
    """Floor and ceiling of a factor's instrument, whether or not a design applies them."""
    shipped = measures.shipped_codebook().factors
    low, high = (shipped[name].range or (0.0, 1.0)) if name in shipped else further_factors()[name]["range"]
    return float(low), float(high)
