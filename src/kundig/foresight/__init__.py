"""What will happen, how well we know, and why they leave."""

from kundig.foresight.signals import signals

__all__ = ["signals"]
