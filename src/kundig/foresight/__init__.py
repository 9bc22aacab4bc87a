"""What will happen, how well we know, and why they leave."""

from kundig.foresight.backtest import backtest
from kundig.foresight.churn import churn
from kundig.foresight.expansion import expansion
from kundig.foresight.health import health
from kundig.foresight.leads import leads
from kundig.foresight.reasons import reasons
from kundig.foresight.renewal_forecast import renewal_forecast
from kundig.foresight.signals import signals
from kundig.foresight.what_changed import what_changed

__all__ = ["backtest", "churn", "expansion", "health", "leads", "reasons", "renewal_forecast", "signals", "what_changed"]
