"""Shares at each landmark of a study that has several: linear model, those who are still in treatment by then."""
