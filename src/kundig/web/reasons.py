"""Why something was not sent, and where things stand, in the reader's language: what is kept is English, and says the same to everybody."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from kundig.web.kept_words import KeptWords

REASONS = (
    _("no e-mail address is known"),
    _("the e-mail address is none that can be written to"),
    _("no consent to %(purpose)s"),
    _("unsubscribed from %(purpose)s (%(day)s)"),
    _("the address is gone: it was refused by its mail server (%(day)s)"),
    _("the address is gone: a letter came back (%(day)s)"),
    _("the letter came back: %(code)s"),
    _("it would have waited longer than %(length)s"),
    _("waits for its hour, %(hours)s"),
    _("more than %(n)s letters within %(length)s for %(purpose)s"),
    _("more than %(n)s letters within %(length)s"),
    _("waits: as many letters as allowed went out this minute"),
    _("kundig.yaml has no `mail:`, so no letter goes out"),
    _("kundig.yaml has no `mail:`, so nobody is asked by letter"),
    _("the mail server took no login as %(user)s: %(answer)s; look at `mail: user:` and %(password)s"),
    _("the certificate of the mail server %(host)s was refused: %(why)s; name an authority of your own in SSL_CERT_FILE"),
    _("the mail server %(host)s could not be reached: %(why)s"),
    _("the mail server %(host)s offers less than `mail:` asks for: %(why)s"),
    _("the mail server refused the address with %(answer)s"),
    _("the mail server answered %(answer)s"),
    _("the survey is off"),
    _("the lot did not fall on it; %(share)s %% are asked"),
    _("enough have answered with %(field)s %(group)s: %(n)s within %(length)s"),
    _("enough have answered of whom %(field)s is not known: %(n)s within %(length)s"),
    _("enough have answered: %(n)s within %(length)s"),
    _("asked this survey within %(length)s"),
    _("asked another survey within %(length)s"),
    _("the goal was reached before it could go out"),
    _("what let the customer in turned out not to be so"),
    _("missed: due %(due)s, found %(found)s"),
    _("called off by %(name)s"),
    _("the environment variable %(name)s with the signing secret is not set"),
    _("the environment variable %(name)s with the address of the channel is not set"),
    _("the channel of %(name)s did not take the message"),
    _("%(host)s answered %(status)s, which is for good"),
    _("%(host)s answered %(status)s"),
    _("%(host)s did not answer within %(n)s seconds"),
    _("%(host)s could not be reached: %(why)s"),
)
"""Of several that fit the first counts."""
_REASONS = KeptWords(REASONS)

STATES = (
    _("waiting"), _("done"), _("withheld"), _("failed"), _("asks"), _("running"), _("goal"), _("taken back"), _("ended"),
    _("due"), _("waited"), _("then"), _("otherwise"),
)  # fmt: skip
"""Where an enrolment, a step or what goes out stands."""


def reason(kept: str) -> str | None:
    """A reason in the reader's language; None where it is one that nobody translated, such as a server's own words.

    >>> from django.utils import translation
    >>> with translation.override(None):
    ...     reason("no consent to advertising")
    'no consent to advertising'
    """
    found = _REASONS.of(kept)
    return gettext(found[0]) % found[1] if found is not None else None


def state(kept: str) -> str | None:
    """A state or an outcome in the reader's language; None for the name of a way that the company chose itself."""
    return gettext(kept) if kept in STATES else None
