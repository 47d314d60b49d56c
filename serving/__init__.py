"""How a predictor answers: scores of cohorts, the API, the pages and the report."""
