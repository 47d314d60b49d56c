"""Keep and find predictors: MLflow's registry with the aliases champion, challenger and previous."""
