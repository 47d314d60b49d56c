"""Shares of families held against the truth: recovered, recognised in every scenario, covered by their intervals."""
