"""What customers say: scores, and later words."""

from kundig.feedback.moments import moments
from kundig.feedback.scores import scores

__all__ = ["moments", "scores"]
