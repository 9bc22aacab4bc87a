"""What customers say: scores, and later words."""

from kundig.feedback.scores import scores

__all__ = ["scores"]
