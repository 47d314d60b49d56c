"""The caseload: who is not on track, and which families speak against it; from a cohort file or a scored cohort."""

from serving.caseload.source import Caseload

__all__ = ["Caseload"]
