"""Small figures: one function a figure, from values to SVG text."""

from kundig.report.figures.bridge import Step, bridge
from kundig.report.figures.distribution import distribution
from kundig.report.figures.dot_field import Dot, dot_field
from kundig.report.figures.lollipop import lollipop
from kundig.report.figures.range_bar import range_bar
from kundig.report.figures.shares import Bar, shares
from kundig.report.figures.sparkline import sparkline
from kundig.report.figures.trend import Point, trend

__all__ = ["Bar", "Dot", "Point", "Step", "bridge", "distribution", "dot_field", "lollipop", "range_bar", "shares", "sparkline", "trend"]
