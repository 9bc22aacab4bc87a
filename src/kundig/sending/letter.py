"""A letter as it goes out: headers by which one can leave with one click, text, and the same text as a plain page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape

from kundig.settings.languages import said
from kundig.settings.mail import Mail

LONGEST_LINE = 998
"""Source: RFC 5322."""
LEAVE = {"de": "Solche Nachrichten abbestellen: {link}", "en": "Unsubscribe from such messages: {link}"}


@dataclass(frozen=True)
class Choice:
    """Something to press in a letter: its words, and where it leads."""

    words: str
    link: str


@dataclass(frozen=True)
class Draft:
    """What a letter says.

    Attributes:
        language: `de` or `en`.
        subject: one line.
        text: paragraphs apart by an empty line.
        choices: to press, below the text.
        leave: the link to unsubscribe; None where the letter is about what the customer has bought.
    """

    language: str
    subject: str
    text: str
    choices: Sequence[Choice] = ()
    leave: str | None = None


def letter(mail: Mail, draft: Draft, to: str, message_id: str, now: datetime) -> EmailMessage:
    """The message. What comes from outside is text: it can neither end a header nor be a page.

    Args:
        mail: from whom.
        draft: what it says.
        to: the address.
        message_id: the same whenever this letter is sent.
        now: the moment of sending.
    """
    # A link is one word, and must not be broken or coded.
    message = EmailMessage(policy=SMTP.clone(max_line_length=LONGEST_LINE))
    message["From"], message["To"] = mail.sender, to
    message["Subject"] = " ".join(draft.subject.split())
    message["Date"], message["Message-ID"] = format_datetime(now), message_id
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    # Answering machines leave such letters alone. Source: RFC 3834.
    message["Auto-Submitted"] = "auto-generated"
    if draft.leave:
        # One click, by POST. Source: RFC 8058.
        message["List-Unsubscribe"] = f"<{draft.leave}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    foot = said(mail.foot, draft.language)
    leave = LEAVE[draft.language].format(link=draft.leave) if draft.leave else None
    chosen = "\n".join(f"{one.words}: {one.link}" for one in draft.choices)
    message.set_content("\n\n".join(part for part in (draft.text.strip(), chosen, "-- \n" + foot, leave) if part) + "\n")
    message.add_alternative(_page(draft, foot, leave), subtype="html")
    message["Content-Language"] = draft.language
    return message


def domain(mail: Mail) -> str:
    """Of the sender."""
    return parseaddr(mail.sender)[1].rpartition("@")[2]


def back(mail: Mail) -> str:
    """The address to which the post returns what it cannot deliver."""
    return parseaddr(mail.return_path or mail.sender)[1]


def _page(draft: Draft, foot: str, leave: str | None) -> str:
    def paragraphs(text: str) -> str:
        return "".join(f"<p>{escape(part.strip()).replace(chr(10), '<br>')}</p>" for part in text.split("\n\n") if part.strip())

    box = "display:inline-block;padding:8px 12px;margin:0 4px 6px 0;border:1px solid #516059;border-radius:8px;color:#13201b;text-decoration:none"
    chosen = " ".join(f'<a href="{escape(one.link)}" style="{box}">{escape(one.words)}</a>' for one in draft.choices)
    small = f'<div style="color:#516059;font-size:13px">{paragraphs(foot)}'
    if leave and draft.leave:
        words = escape(leave.partition(":")[0])
        small += f'<p><a href="{escape(draft.leave)}" style="color:#516059">{words}</a></p>'
    body = f"{paragraphs(draft.text)}{f'<p>{chosen}</p>' if chosen else ''}{small}</div>"
    return f'<!doctype html><html lang="{draft.language}"><head><meta charset="utf-8"></head><body style="font:16px/24px sans-serif;color:#13201b;max-width:560px">{body}</body></html>'
