"""Every experiment in MLflow: the database in mlruns/, and comparisons as runs."""
