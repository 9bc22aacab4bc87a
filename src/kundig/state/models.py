"""All models of the state, where Django looks for them."""

from kundig.state.attempts import Attempt
from kundig.state.jobs import Job
from kundig.state.keys import WriteKey
from kundig.state.notes import Note
from kundig.state.people import Person
from kundig.state.saved import SavedView

__all__ = ["Attempt", "Job", "Note", "Person", "SavedView", "WriteKey"]
