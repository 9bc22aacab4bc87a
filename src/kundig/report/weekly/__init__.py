"""The weekly board report: one page of sentences and figures, then the map, then definitions."""

from kundig.report.weekly.reporting import Report, weekly

__all__ = ["Report", "weekly"]
