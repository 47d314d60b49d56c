"""From a cohort to the numbers that models read, with the way back from each number to its factor and family."""

from therapport.features.encoding import Encoding, fit
from therapport.features.matrix import FactorMatrix, factor_matrix, from_columns

__all__ = ["Encoding", "FactorMatrix", "factor_matrix", "fit", "from_columns"]
