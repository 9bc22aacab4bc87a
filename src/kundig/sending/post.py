"""The post: one connection to the company's mail server for a round of letters, and what the server says to each."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from functools import partial

from kundig.sending.webhook import Answer
from kundig.settings.mail import Mail

PERMANENT = 500
_GONE = re.compile(rb"\b5\.1\.\d")
_NOT_GONE = re.compile(rb"\b5\.[2-7]\.\d")


class GoneError(Exception):
    """The server says that there is no such address; the reason is the message."""


class Post:
    """Letters to the mail server, over one connection that is opened with the first.

    A server that cannot be reached, or takes no login, is not asked again in this round: an account is soon locked.

    Args:
        mail: the server.
    """

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._server: smtplib.SMTP | None = None
        self._shut: Answer | None = None

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
        if self._server is None and self._shut is None:
            self._shut = self._opened()
        server = self._server
        if server is None:
            return self._shut or Answer(done=False, again=True, reason="the mail server was not reached")
        try:
            server.send_message(message, from_addr=back, to_addrs=[to])
        except smtplib.SMTPRecipientsRefused as error:
            self._closed()
            code, said = next(iter(error.recipients.values()))
            return _refused(code, said)
        except smtplib.SMTPResponseException as error:
            self._closed()
            # What the server has against the letter is the company's to mend; it is tried again.
            return Answer(done=False, again=True, reason=f"the mail server answered {error.smtp_code}: {_words(error.smtp_error)}")
        except smtplib.SMTPNotSupportedError:
            self._closed()
            return Answer(done=False, again=False, reason="the mail server takes no address with such letters")
        except (OSError, smtplib.SMTPException) as error:
            self._closed()
            return Answer(done=False, again=True, reason=f"the mail server {self._mail.host} could not be reached: {type(error).__name__}")
        return Answer(done=True, again=False, reason="")

    def _opened(self) -> Answer | None:
        """Open the connection; why there is none, which is the company's to mend, so that every letter is tried again."""
        mail, again = self._mail, partial(Answer, done=False, again=True)
        try:
            self._server = _connected(mail)
        except ssl.SSLCertVerificationError as error:
            return again(reason=f"the certificate of the mail server {mail.host} was refused: {error.verify_message}; name an authority of your own in SSL_CERT_FILE")
        except smtplib.SMTPAuthenticationError as error:
            return again(reason=f"the mail server took no login as {mail.user}: {error.smtp_code} {_words(error.smtp_error)}; look at `mail: user:` and {mail.password}")
        except smtplib.SMTPNotSupportedError as error:
            return again(reason=f"the mail server {mail.host} offers less than `mail:` asks for: {_words(str(error))}")
        except smtplib.SMTPResponseException as error:
            return again(reason=f"the mail server answered {error.smtp_code}: {_words(error.smtp_error)}")
        except (OSError, smtplib.SMTPException) as error:
            return again(reason=f"the mail server {mail.host} could not be reached: {type(error).__name__}" + ("; is `mail: security:` right?" if isinstance(error, ssl.SSLError) else ""))
        return None

    def _closed(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()


def _connected(mail: Mail) -> smtplib.SMTP:
    """A connection that is secured and logged in as `mail` asks; the password never goes over one that is not."""
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=mail.seconds, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=mail.seconds)
    try:
        if mail.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if mail.user is not None:
            password = os.environ.get(mail.password)
            if not password:
                raise smtplib.SMTPAuthenticationError(535, f"the environment variable {mail.password} is not set".encode())
            server.login(mail.user, password)
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


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
