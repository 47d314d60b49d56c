"""What a hard reviewer would ask of a study, asked before anything is fitted, and once more of its figures."""

from training.findings.codes import CHECKS, Check, Finding, settled

__all__ = ["CHECKS", "Check", "Finding", "settled"]
