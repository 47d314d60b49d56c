"""xgboost's own prediction for one or few patients, through its C interface.

The wrapper in Python takes as long again as the prediction: it looks at the kind of table, and asks for the number of
columns. It is the same function of the same library, so the numbers are the same.
"""

import ctypes
import json
from functools import cache

import numpy as np
import xgboost
from numpy.typing import NDArray
from xgboost.libpath import find_lib_path

FEW = 4
MARGIN = 1
"""xgboost's number for predictions before the link function."""
SETTINGS = json.dumps(
    {
        "type": MARGIN,
        "training": False,
        "iteration_begin": 0,
        "iteration_end": 0,
        "strict_shape": False,
        "missing": float("nan"),
        "cache_id": 0,
    }
).encode()


def of_few(booster: xgboost.Booster, inputs: NDArray[np.float32]) -> NDArray[np.float64]:
    """The margin of each row, shape (patients,); `inputs` (patients, columns). Safe from several threads.

    Raises what xgboost raises where the number of columns does not fit.
    """
    inputs = np.ascontiguousarray(inputs)
    address, _ = inputs.__array_interface__["data"]
    rows, columns = inputs.shape
    table = f'{{"data":[{address},true],"shape":[{rows},{columns}],"typestr":"<f4","version":3}}'
    shape, dimensions = ctypes.POINTER(ctypes.c_uint64)(), ctypes.c_uint64()
    found = ctypes.POINTER(ctypes.c_float)()
    failed = _library().XGBoosterPredictFromDense(
        booster.handle, table.encode(), SETTINGS, None,
        ctypes.byref(shape), ctypes.byref(dimensions), ctypes.byref(found),
    )  # fmt: skip
    if failed or dimensions.value != 1 or shape[0] != rows:
        plain: NDArray[np.float64] = booster.inplace_predict(inputs, predict_type="margin").astype(np.float64)
        return plain
    # The library's memory is of this thread, until it predicts again.
    return np.array(found[:rows], dtype=np.float64)


@cache
def _library() -> ctypes.CDLL:
    """The library that xgboost itself has loaded."""
    return ctypes.CDLL(find_lib_path()[0])
