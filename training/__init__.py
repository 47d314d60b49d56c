"""How a predictor comes to be: the jobs that check, compare and promote."""
