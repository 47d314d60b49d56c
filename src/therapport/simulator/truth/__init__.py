"""What is true of a simulated cohort, given what was recorded of it.

`observations` says what recorded columns tell of the latent values, `expectation` what they tell of the outcome, `link`
what that is in points and probabilities; `family_game` shares it out among the families. `patients` brings them
together for each patient, `shares` for the cohort as a whole.
"""

from therapport.simulator.truth.patients import REFERENCE, Truth

__all__ = ["REFERENCE", "Truth"]
