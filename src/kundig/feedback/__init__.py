"""What customers say: scores, and later words."""

from kundig.feedback.scores import scores
from kundig.feedback.themes import themes

__all__ = ["scores", "themes"]
