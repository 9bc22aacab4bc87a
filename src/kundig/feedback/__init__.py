"""What customers say: scores, and later words."""

from kundig.feedback.drivers import drivers
from kundig.feedback.moments import moments
from kundig.feedback.ratings_guard import ratings_guard
from kundig.feedback.response import response
from kundig.feedback.response_weights import response_weights
from kundig.feedback.scores import scores

__all__ = ["drivers", "moments", "ratings_guard", "response", "response_weights", "scores"]
