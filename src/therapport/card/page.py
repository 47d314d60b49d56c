"""A card as one HTML page that needs no script, no other file and no network, and can be printed."""

import functools

from jinja2 import Environment, PackageLoader, StrictUndefined

from therapport.card.document import Card
from therapport.card.items import SOURCE
from therapport.card.making import SIMULATED

STATUS = {"filled": "filled in", "part": "filled in, in part", "person": "for a person to fill in"}


def page(card: Card) -> str:
    """The whole card."""
    return _environment().get_template("card.html").render(card=card, simulated=SIMULATED, source=SOURCE, status=STATUS)


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("therapport.card"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
