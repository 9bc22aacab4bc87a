"""A chart for any answer, drawn from the shape of its columns."""

from kundig.report.charts.charted import Chart, chart

__all__ = ["Chart", "chart"]
