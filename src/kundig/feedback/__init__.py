"""What customers say: scores and words."""

from kundig.feedback.clarity import clarity
from kundig.feedback.emerging import emerging
from kundig.feedback.jargon import jargon
from kundig.feedback.launches import launches
from kundig.feedback.moods import moods
from kundig.feedback.scores import scores
from kundig.feedback.themes import themes

__all__ = ["clarity", "emerging", "jargon", "launches", "moods", "scores", "themes"]
