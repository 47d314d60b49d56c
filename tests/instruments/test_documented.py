"""The page on outcomes shows every figure as it is shipped; a star marks what is only recalled."""

import re
from pathlib import Path

import pytest

from therapport import instruments, tomlfile
from therapport.instruments import Figure, Instrument
from therapport.outcome import Response
from therapport.tomlfile import Strict

PAGE = (Path(__file__).parents[2] / "docs" / "outcomes.md").read_text(encoding="utf-8")


class Book(Strict):
    """A codebook in so far as it brings instruments of its own."""

    instruments: dict[str, Instrument]


def row(name: str, instrument: Instrument) -> str:
    """A measure of symptoms as the page shows it."""
    below, above = ("below ", "") if instrument.better == "lower" else ("", " or above")
    remission = instrument.stated_remission
    cells = [
        f"`{name}`",
        instrument.label,
        f"{instrument.range[0]:g}-{instrument.range[1]:g}{'' if instrument.better == 'lower' else ' (+)'}",
        _starred(instrument, "cutoff", instrument.stated_cutoff),
        _starred(instrument, "reliable_change", instrument.stated_reliable_change),
        "" if remission is None else f"{below}{_starred(instrument, 'remission', remission)}{above}",
    ]
    return f"| {' | '.join(cells)} |"


def process_row(name: str, instrument: Instrument) -> str:
    """A process measure as the page shows it."""
    plus = " (+)" if instrument.better == "higher" else ""
    return f"| `{name}` | {instrument.label} | {instrument.range[0]:g} to {instrument.range[1]:g}{plus} |"


def _starred(instrument: Instrument, figure: Figure, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:g}{'*' if instrument.certainty_of(figure) == 'recalled' else ''}"


@pytest.mark.parametrize("name", instruments.symptoms())
def test_the_thresholds_on_the_page_are_those_that_are_shipped(name: str) -> None:
    assert row(name, instruments.instrument(name)) in PAGE.splitlines()


@pytest.mark.parametrize("name", instruments.process())
def test_every_process_measure_is_on_the_page(name: str) -> None:
    assert process_row(name, instruments.instrument(name)) in PAGE.splitlines()


@pytest.mark.parametrize("response", Response)
def test_every_outcome_is_on_the_page(response: Response) -> None:
    assert f"| `{response.value}` |" in PAGE


def test_the_scale_on_the_page_can_stand_in_a_codebook() -> None:
    (source,) = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    scale = tomlfile.parse(source.encode(), Book, name="codebook.toml").instruments["my_scale"]
    assert (scale.cutoff, scale.reliable_change, scale.remission) == (12, 5, 6)
