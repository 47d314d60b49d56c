"""What a version must show before it may answer, as its study states it beforehand."""

from typing import Literal, Self

from pydantic import Field, model_validator

from therapport.tomlfile import Strict

ResponseMeasure = Literal["brier", "log_loss", "auc"]
EndScoreMeasure = Literal["r2", "rmse", "mae"]
HIGHER_IS_BETTER = frozenset({"auc", "r2"})


class GateTable(Strict):
    """[gate]: stated with the study, kept with the predictor, judged by `therapport promote`."""

    measure: ResponseMeasure = "brier"
    """On which the response is held against champion and simple baselines."""
    end_score_measure: EndScoreMeasure = "r2"
    margin: float = Field(default=0.0, ge=0)
    """By how much the response's measure must at least be better than the champion's; 0 asks that it is no worse."""
    end_score_margin: float = Field(default=0.0, ge=0)
    calibration_slope: tuple[float, float] = (0.8, 1.25)
    calibration_intercept: float = Field(default=0.2, gt=0)
    """Largest calibration-in-the-large of the response, in log-odds, either way."""
    end_score_intercept: float = Field(default=1.0, gt=0)
    """The same of the end score, in points."""
    subgroup_tolerance: float = Field(default=0.1, gt=0)
    """How much worse than in everyone the measure may be in a subgroup."""
    milliseconds: float = Field(default=500.0, gt=0)
    """In which one patient is answered, on the machine that judges."""

    @model_validator(mode="after")
    def _slope_is_a_range(self) -> Self:
        low, high = self.calibration_slope
        if not 0 <= low < high:
            raise ValueError("calibration_slope must be a range, such as [0.8, 1.25]")
        return self
