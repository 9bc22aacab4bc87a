"""Intervals and tests that more than one room needs: as expressions of the engine, or on arrays of what it reduced."""

from kundig.statistics.false_discovery import benjamini_hochberg
from kundig.statistics.intervals import student_t, wilson, z_value

__all__ = ["benjamini_hochberg", "student_t", "wilson", "z_value"]
