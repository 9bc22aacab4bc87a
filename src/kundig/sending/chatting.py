"""Messages to the company's own chat, through Apprise; nothing of it is loaded, or reaches out, before a step asks for one."""

from __future__ import annotations

import os

from kundig.playbooks.recipients import Recipient
from kundig.playbooks.steps import Chat
from kundig.playbooks.wording import worded
from kundig.sending.mailing import named
from kundig.sending.webhook import Answer
from kundig.state.outbox import Outbox


def chatted(step: Chat, row: Outbox, to: Recipient, language: str) -> Answer:
    """Send the message, and what came of it; in the company's language, since colleagues read it."""
    address = os.environ.get(step.to)
    if not address:
        return Answer(done=False, again=True, reason=f"the environment variable {step.to} with the address of the channel is not set")
    try:
        import apprise  # noqa: PLC0415 -- an extra, and slow
    except ImportError:
        return Answer(done=False, again=True, reason="chat needs the package apprise; install kundig[chat]")
    # Nothing is kept on the disk, and no file or plugin is loaded from anywhere.
    channel = apprise.Apprise(asset=apprise.AppriseAsset(plugin_paths=[], async_mode=False, secure_logging=True))
    if not channel.add(address):
        return Answer(done=False, again=False, reason=f"{step.to} holds no address that Apprise knows")
    text = worded(step.text, named(row.enrolment, to), language)
    if channel.notify(body=text, body_format=apprise.NotifyFormat.TEXT):
        return Answer(done=True, again=False, reason="")
    return Answer(done=False, again=True, reason=f"the channel of {step.to} did not take the message")
