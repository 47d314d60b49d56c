"""What the run knows of each item of the checklist, by topic: the cohort, the method, the results, and use."""

from collections.abc import Callable, Mapping

from therapport.card.facts import cohort, method, results, use
from therapport.predictor import Predictor

Facts = tuple[str, ...]
FACTS: Mapping[str, Callable[[Predictor], Facts]] = {
    **cohort.FACTS,
    **method.FACTS,
    **results.FACTS,
    **use.FACTS,
}
"""Number of the item -> its facts."""
