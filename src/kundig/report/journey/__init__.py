"""The journey map: what customers live through, across stages and departments, in one picture."""

from kundig.report.journey.asked import asked_journey
from kundig.report.journey.drawing import journey_map
from kundig.report.journey.legend import legend
from kundig.report.journey.listing import journey_list, journey_table
from kundig.report.journey.model import Answers, Journey, journey

__all__ = ["Answers", "Journey", "asked_journey", "journey", "journey_list", "journey_map", "journey_table", "legend"]
