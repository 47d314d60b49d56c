"""What stands on a patient's page beside the prediction: what-if, what is missing, the course, safety, disagreement."""

from serving.beside.gathered import Beside, gathered

__all__ = ["Beside", "gathered"]
