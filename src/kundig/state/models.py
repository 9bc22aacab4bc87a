"""All models of the state, where Django looks for them."""

from kundig.state.attempts import Attempt
from kundig.state.enrolments import Enrolment, Move
from kundig.state.jobs import Job
from kundig.state.keys import WriteKey
from kundig.state.notes import Note
from kundig.state.outbox import Outbox, Work
from kundig.state.people import Person
from kundig.state.playbooks import PlaybookVersion
from kundig.state.saved import SavedView

__all__ = ["Attempt", "Enrolment", "Job", "Move", "Note", "Outbox", "Person", "PlaybookVersion", "SavedView", "Work", "WriteKey"]
