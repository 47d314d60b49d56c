"""The mixes that are looked at."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from training.shares.policy.table import Shift

MORE = 0.2
AS_IT_WAS = "As it was"
BoolArray = NDArray[np.bool_]


def drafted(modes: Mapping[str, str], shares: Mapping[str, float], *, has_short: bool) -> tuple[Shift, ...]:
    """A fifth of all patients more in each kind (name -> label), taken from the others in proportion; short or not."""
    return tuple(_drafted(modes, shares, has_short=has_short))


def _drafted(modes: Mapping[str, str], shares: Mapping[str, float], *, has_short: bool) -> Iterator[Shift]:
    for name, label in modes.items() if len(modes) > 1 else ():
        own = min(shares[name] + MORE, 1.0)
        others = 1 - shares[name]
        mix = {other: own if other == name else (1 - own) * share / others for other, share in shares.items()}
        yield Shift(name=f"{round(100 * (own - shares[name]))} points more: {label.lower()}", mix=mix)
    if has_short:
        yield Shift(name="All treatments short", short=1.0)
        yield Shift(name="No treatment short", short=0.0)


def weights(shift: Shift | None, modes: Sequence[str], own: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much each kind x length counts for each patient: (patients, kinds, 2); `own` is the same as it was.

    The length of a treatment is kept if only the kind is shifted, and the other way round.
    """
    if shift is None:
        return own
    mode, length = own.sum(axis=2), own.sum(axis=1)
    if shift.mix:
        mode = np.broadcast_to([shift.mix.get(name, 0.0) for name in modes], mode.shape)
    if shift.short is not None:
        length = np.broadcast_to([1 - shift.short, shift.short], length.shape)
    return np.asarray(mode[:, :, np.newaxis] * length[:, np.newaxis, :])
