"""What will happen, how well we know, and why they leave."""

from kundig.foresight.backtest import backtest
from kundig.foresight.churn import churn
from kundig.foresight.health import health
from kundig.foresight.reasons import reasons
from kundig.foresight.signals import signals

__all__ = ["backtest", "churn", "health", "reasons", "signals"]
