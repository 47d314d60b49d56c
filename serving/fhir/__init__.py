"""FHIR R4: observations and questionnaires in, a risk assessment out."""
