"""What a key of a metric may hold."""

import re

MOST_KEYS = 58
"""Beyond about 60 keys the charts of the UI are no longer looked at."""


def allowed(name: str) -> str:
    """The name of a site or a level with nothing that a key may not hold."""
    return re.sub(r"[^\w\-. ]", "_", name, flags=re.ASCII)
