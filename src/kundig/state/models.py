"""All models of the state, where Django looks for them."""

from kundig.state.attempts import Attempt
from kundig.state.changes import Change, Closing
from kundig.state.enrolments import Enrolment, Move
from kundig.state.finding import Find
from kundig.state.invitations import Invitation
from kundig.state.jobs import Job
from kundig.state.keys import WriteKey
from kundig.state.letters import Letter, Suppressed
from kundig.state.notes import Note
from kundig.state.outbox import Outbox, Work
from kundig.state.people import Person
from kundig.state.playbooks import PlaybookVersion
from kundig.state.projects import Cause, Project, Step
from kundig.state.replying import Reply
from kundig.state.saved import SavedView
from kundig.state.surveys import SurveyVersion
from kundig.state.theming import ThemeStep
from kundig.state.told import Told
from kundig.state.working import Turn

__all__ = ["Attempt", "Cause", "Change", "Closing", "Enrolment", "Find", "Invitation", "Job", "Letter", "Move", "Note", "Outbox", "Person", "PlaybookVersion", "Project", "Reply", "SavedView", "Step", "Suppressed", "SurveyVersion", "ThemeStep", "Told", "Turn", "Work", "WriteKey"]
