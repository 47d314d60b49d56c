"""The known-therapist analysis in plain sentences."""

from collections.abc import Iterator

from training.shares import words
from training.shares.therapists.results import Therapists

APART = (
    "This stands apart from the shares: it knows which therapist a patient has. Shares ask what can be told of "
    "patients of therapists who were never met."
)


def told(found: Therapists) -> tuple[str, ...]:
    """How much lies between therapists, before and after case mix, and what the measured characteristics leave."""
    return tuple(_told(found))


def _told(found: Therapists) -> Iterator[str]:
    nothing, mix, every = (one.therapist for one in found.variances)
    yield (
        f"{words.amount(nothing.value)} % of the differences in outcome lie between therapists "
        f"({words.interval(nothing)} %); after what patients brought it is {words.amount(mix.value)} % "
        f"({words.interval(mix)} %), and after all factors {words.amount(every.value)} % ({words.interval(every)} %)."
    )
    if nothing.low is not None and nothing.low <= 0 and (mix.low is None or mix.low <= 0):
        yield "That therapists differ at all is not shown."
    if found.slopes is not None:
        sd = found.slopes.sd
        differs = sd.low is not None and sd.low > 0
        yield (
            f"What goes with {found.slopes.label} {'differs' if differs else 'is not shown to differ'} between "
            f"therapists (standard deviation of slopes {sd.value:.2f}, {sd.low:.2f} to {sd.high:.2f} {found.unit})."
        )
