"""A frozen predictor meets another cohort: validated there, recalibrated for it, and judged before it is promoted.

`frozen` asks the predictor; `sites` and `subgroups` are figures in parts of the cohort, `recalibration` fits its line
anew; `validated` puts together what was found of one outcome, `shown` shows it. Two jobs: `validate` and `gate`.
"""

from training.external.frozen import Answered, answered, read, require_external, require_fit, subset

__all__ = ["Answered", "answered", "read", "require_external", "require_fit", "subset"]
