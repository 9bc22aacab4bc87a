"""A mail server on this machine, and a company that writes by it."""

from __future__ import annotations

from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from kundig.journal import told
from kundig.sending.outside import Outside
from kundig.settings.contact import Contact
from kundig.settings.mail import Mail

PEOPLE = [
    {"subject": "ada", "given_name": "Ada", "family_name": "Ahrens", "email": "ada@example.org", "known_at": "2026-01-01", "consents": {"advertising": "Ja"}, "properties": {"language": "de"}},
    {"subject": "ben", "given_name": "Ben", "email": "ben@example.org", "known_at": "2026-01-01", "consents": {"advertising": "nein"}},
    {"subject": "cyd", "given_name": "Cyd", "known_at": "2026-01-01", "consents": {"advertising": "Ja"}},
]
STORY = [(who, "complaint", "2026-03-02T10:00") for who in ("ada", "ben", "cyd")]


class Taking:
    """Takes letters, and refuses addresses with an answer each."""

    def __init__(self) -> None:
        self.letters = []
        self.refusals = {}
        self.after = None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 -- aiosmtpd's name
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 -- aiosmtpd's name
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append((envelope.mail_from, envelope.rcpt_tos[0], message))
        return self.after or "250 OK"


class Server(Controller):
    """On a free port; whether it is there is asked by a connection of SMTP itself."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def factory(self):
        return SMTP(self.handler, hostname="mail.example.org")


def mail(port, **more):
    return Mail(**{"host": "127.0.0.1", "port": port, "security": "none", **more}, sender="Nordwind <service@example.org>", return_path="back@example.org", address="https://kundig.example.org", foot={"de": "Nordwind, Hafen 1", "en": "Nordwind, Harbour 1"})


def outside(port, people=PEOPLE, story=STORY, contact=None, **more):
    journal = told(story, people)
    return Outside(lambda: journal, journal.settings, contact or Contact(), mail(port, **more))
