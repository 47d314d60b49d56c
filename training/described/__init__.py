"""What is told of the cohort and of how much it holds: Table 1, what is missing, and the learning curve."""
