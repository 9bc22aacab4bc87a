"""What customers say: scores and words."""

from kundig.feedback.clarity import clarity
from kundig.feedback.drivers import drivers
from kundig.feedback.emerging import emerging
from kundig.feedback.jargon import jargon
from kundig.feedback.jargon_bounty import jargon_bounty
from kundig.feedback.launches import launches
from kundig.feedback.moments import moments
from kundig.feedback.moods import moods
from kundig.feedback.ratings_guard import ratings_guard
from kundig.feedback.response import response
from kundig.feedback.response_weights import response_weights
from kundig.feedback.scores import scores
from kundig.feedback.themes import themes

__all__ = ["clarity", "drivers", "emerging", "jargon", "jargon_bounty", "launches", "moments", "moods", "ratings_guard", "response", "response_weights", "scores", "themes"]
