"""What kundig says when something is wrong: what was found, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class KundigError(Exception):
    """Something the reader of the message can mend; the message is the whole explanation."""


class ConfigError(KundigError):
    """`kundig.yaml` says something that cannot be meant."""


class SourceError(KundigError):
    """A source cannot be read, or does not hold what its mapping names."""


class LakeError(KundigError):
    """The lake cannot be read or written."""


class IdentityError(KundigError):
    """Who is who cannot be settled as asked."""


class ArgumentError(KundigError):
    """An analysis was asked with a name or value it does not have."""


class LengthError(ArgumentError, ValueError):
    """A length of time was expected: in an argument, or in kundig.yaml."""


def nearest(name: str, known: Iterable[str], *, most: int = 12) -> str:
    """The end of an error message: the nearest known name, and what there is.

    >>> nearest("touchpont", ["kind", "touchpoint", "channel"])
    "did you mean 'touchpoint'? There are: channel, kind, touchpoint"
    >>> nearest("45", ["30", "90", "180"])
    'there are: 30, 90, 180'
    >>> nearest("x", [])
    'there are none'
    """
    names = sorted(known, key=lambda name: (int(name) if name.isdecimal() else 0, name))
    if not names:
        return "there are none"
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    listed = ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
    return f"did you mean {close[0]!r}? There are: {listed}" if close else f"there are: {listed}"
