"""Predict how a course of psychotherapy will end, and how much each family of factors counts in it."""

from importlib.metadata import version

__version__ = version("therapport")
