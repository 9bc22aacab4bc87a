"""The post: one connection to the company's mail server for a round of letters, and what the server says to each."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage

from kundig.sending.webhook import Answer
from kundig.settings.mail import Mail

PERMANENT = 500
_GONE = re.compile(rb"\b5\.1\.\d")
_NOT_GONE = re.compile(rb"\b5\.[2-7]\.\d")


class GoneError(Exception):
    """The server says that there is no such address; the reason is the message."""


class Post:
    """Letters to the mail server, over one connection that is opened with the first.

    Args:
        mail: the server.
    """

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._server: smtplib.SMTP | None = None

    def close(self) -> None:
        """Say goodbye, if the server was ever reached."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def sent(self, message: EmailMessage, to: str, back: str) -> Answer:
        """What came of a letter.

        Args:
            message: the letter.
            to: the address.
            back: where it is returned to.

        Raises:
            GoneError: there is no such address, for good.
        """
        try:
            server = self._opened()
            server.send_message(message, from_addr=back, to_addrs=[to])
        except smtplib.SMTPRecipientsRefused as error:
            self._closed()
            code, said = next(iter(error.recipients.values()))
            return _refused(code, said)
        except smtplib.SMTPResponseException as error:
            self._closed()
            # What the server has against the letter or the login is the company's to mend; it is tried again.
            return Answer(done=False, again=True, reason=f"the mail server answered {error.smtp_code}: {_words(error.smtp_error)}")
        except smtplib.SMTPNotSupportedError:
            self._closed()
            return Answer(done=False, again=False, reason="the mail server takes no address with such letters, or offers no STARTTLS or login")
        except (OSError, smtplib.SMTPException) as error:
            self._closed()
            return Answer(done=False, again=True, reason=f"the mail server {self._mail.host} could not be reached: {type(error).__name__}")
        return Answer(done=True, again=False, reason="")

    def _opened(self) -> smtplib.SMTP:
        if self._server is None:
            mail = self._mail
            if mail.security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=mail.seconds, context=ssl.create_default_context())
            else:
                server = smtplib.SMTP(mail.host, mail.port, timeout=mail.seconds)
            self._server = server
            if mail.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if mail.user is not None:
                password = os.environ.get(mail.password)
                if not password:
                    raise smtplib.SMTPAuthenticationError(535, f"the environment variable {mail.password} is not set".encode())
                server.login(mail.user, password)
        return self._server

    def _closed(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()


def _refused(code: int, said: bytes) -> Answer:
    reason = f"the mail server refused the address with {code}: {_words(said)}"
    if code < PERMANENT:
        return Answer(done=False, again=True, reason=reason)
    # A full mailbox or a server that distrusts ours is no address that is gone. Source: RFC 3463.
    if _GONE.search(said) or (code in {550, 551, 553} and not _NOT_GONE.search(said)):
        raise GoneError(reason)
    return Answer(done=False, again=False, reason=reason)


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:120]
