"""Keep and find predictors: MLflow's registry with the aliases champion, challenger and previous."""

import therapport.tracking  # noqa: F401 - sets MLflow up before any module here imports it
