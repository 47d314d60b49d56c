"""The predictor behind MLflow's own interface; MLflow stores this file as code, so nothing is pickled."""

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.pyfunc import PythonModel, PythonModelContext

from therapport import predictor


class TherapportModel(PythonModel):  # type: ignore[misc]
    """Loads the predictor folder and answers in the flat columns of the one contract."""

    def load_context(self, context: PythonModelContext) -> None:
        """Verify and read the predictor's folder."""
        self._predictor = predictor.load(Path(context.artifacts["predictor"]))

    def predict(
        self,
        context: PythonModelContext,  # noqa: ARG002 - MLflow's interface
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002 - MLflow's interface
    ) -> pd.DataFrame:
        """One answer per row; absent optional factors count as missing."""
        return self._predictor.predict(model_input, allow_absent=True)


mlflow.models.set_model(TherapportModel())
