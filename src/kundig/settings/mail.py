"""How letters go out by e-mail: the key `mail:`."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from kundig.definition import Definition
from kundig.settings.languages import Worded


class Mail(Definition):
    """The server that takes the company's e-mail, and what each letter carries.

    Attributes:
        host: of the server.
        port: of the server.
        security: `starttls`, `tls` from the first byte, or `none` for a server on this machine.
        user: by which name to log in; without one there is no login.
        password: the name of the environment variable with the password.
        sender: whom letters are from, such as `Nordwind <service@example.org>`.
        reply_to: where answers go, if not to the sender.
        return_path: where the post returns what it cannot deliver; the sender's address, if it is left out.
        returned: a folder in the Maildir format where what is returned arrives; it is read, and addresses that are gone get nothing more.
        address: where the pages are reached from outside, for the links in letters, such as `https://kundig.example.org`.
        foot: the company's name and postal address under each letter, as the law asks.
        seconds: how long the server may take for an answer.
        a_minute: how many letters go out in a minute at most.
    """

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] = "KUNDIG_MAIL_PASSWORD"  # noqa: S105 -- the name of a variable
    sender: str
    reply_to: str | None = None
    return_path: str | None = None
    returned: str | None = None
    address: str
    foot: Worded
    seconds: Annotated[float, Field(gt=0, le=120)] = 15.0
    a_minute: Annotated[int, Field(ge=1, le=100_000)] = 300

    @field_validator("sender", "reply_to", "return_path")
    @classmethod
    def _reachable(cls, text: str | None) -> str | None:
        if text is not None and ("@" not in parseaddr(text)[1] or any(sign in text for sign in "\r\n")):
            raise ValueError(f"expected an address such as `Nordwind <service@example.org>`, found {text!r}")
        return text

    @field_validator("address")
    @classmethod
    def _linked(cls, text: str) -> str:
        parts = urlsplit(text)
        local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if not parts.hostname or parts.query or parts.fragment or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
            raise ValueError(f"expected where the pages are reached from outside, such as https://kundig.example.org, found {text!r}")
        return text.rstrip("/")
