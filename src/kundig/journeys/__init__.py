"""What happened, in which order, between whom."""

from kundig.journeys.anomalies import anomalies
from kundig.journeys.consistency import consistency
from kundig.journeys.decisions import decisions
from kundig.journeys.deviation_effects import deviation_effects
from kundig.journeys.deviation_hotspots import deviation_hotspots
from kundig.journeys.deviations import deviations
from kundig.journeys.effort import effort
from kundig.journeys.entries_exits import entries_exits
from kundig.journeys.flows import flows
from kundig.journeys.funnel import funnel
from kundig.journeys.interlocks import interlocks
from kundig.journeys.purchase_paths import purchase_paths
from kundig.journeys.resolutions import resolutions
from kundig.journeys.silences import silences
from kundig.journeys.target_draft import target_draft
from kundig.journeys.variants import variants
from kundig.journeys.violations import violations

__all__ = ["anomalies", "consistency", "decisions", "deviation_effects", "deviation_hotspots", "deviations", "effort", "entries_exits", "flows", "funnel", "interlocks", "purchase_paths", "resolutions", "silences", "target_draft", "variants", "violations"]
