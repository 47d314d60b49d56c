"""[policy] of a study: other mixes of delivery and of planned sessions, and what a session costs."""

from collections.abc import Iterator
from math import isclose

from pydantic import Field

from therapport.codebook import Codebook
from therapport.tomlfile import Problem, Strict
from training.shares.across.table import KINDS, DeliveryTable


class Shift(Strict):
    """[[policy.shifts]]: one mix; what is left out stays as it was for every patient."""

    name: str = Field(min_length=1)
    mix: dict[str, float] = Field(default_factory=dict)
    """Kind of delivery -> its share of the patients; together 1."""
    short: float | None = Field(default=None, ge=0, le=1)
    """Share of short treatments."""


class PolicyTable(Strict):
    """[policy]: all of it may be left out."""

    price: float | None = Field(default=None, gt=0)
    """Of a session."""
    prices: dict[str, float] = Field(default_factory=dict)
    """Kind of delivery -> price of one of its sessions, where they differ."""
    currency: str = ""
    shifts: tuple[Shift, ...] = ()
    """Unless stated: a fifth of the patients more in each kind, and all treatments short, or none."""


def problems(table: PolicyTable, delivery: DeliveryTable, codebook: Codebook) -> Iterator[Problem]:
    """What neither codebook nor [delivery] bear out."""
    known = kinds(delivery, codebook)
    has = f"the cohort has: {', '.join(known)}" if known else "[delivery] has no column"
    for place, shift in enumerate(table.shifts):
        where = ("policy", "shifts", place)
        for name, share in shift.mix.items():
            if name not in known:
                yield Problem((*where, "mix", name), f"no such kind of delivery; {has}")
            if share < 0:
                yield Problem((*where, "mix", name), "a share cannot be below 0")
        if shift.mix and not isclose(sum(shift.mix.values()), 1, abs_tol=1e-6):
            yield Problem((*where, "mix"), f"the shares add up to {sum(shift.mix.values()):g}, not to 1")
        if shift.short is not None and delivery.planned is None:
            yield Problem((*where, "short"), "[delivery] names no planned sessions")
        if not shift.mix and shift.short is None:
            yield Problem(where, "nothing is shifted: give a mix, a share of short treatments, or both")
    for name, price in table.prices.items():
        if name not in known:
            yield Problem(("policy", "prices", name), f"no such kind of delivery; {has}")
        if price < 0:
            yield Problem(("policy", "prices", name), "a price cannot be below 0")
    if table.prices and table.price is None and set(known) - set(table.prices):
        lacking = ", ".join(name for name in known if name not in table.prices)
        yield Problem(("policy", "prices"), f"no price for: {lacking}; give them, or a price for all others")


def kinds(delivery: DeliveryTable, codebook: Codebook) -> tuple[str, ...]:
    """Names of the kinds of delivery that a study can speak of."""
    if delivery.column not in codebook.factors:
        return ()
    named = tuple(kind for kind in KINDS if getattr(delivery, kind))
    return named or tuple(codebook.factors[delivery.column].levels)
