"""Figures with their intervals as people read them."""

from therapport.predictor.evidence import Figure


def cell(figure: Figure | None) -> str:
    """Value and 95 % interval; a dash where a figure is undefined."""
    if figure is None:
        return "-"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"
