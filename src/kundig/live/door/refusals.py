"""Why a request as a whole is not taken, and what its sender is to do."""

from __future__ import annotations

AGAIN = 5
"""Seconds after which a sender is to come again when something here is full or broken."""


class RefusedError(Exception):
    """Nothing of the request was kept.

    Args:
        status: of HTTP. Clients give up for ever on 400, 401, 403, 404, 413 and 422, and come again after 429 and 503.
        code: the reason in a word, for programs.
        message: the reason in a sentence.
        again: seconds after which it is to be sent again; None where that would not help.
    """

    def __init__(self, status: int, code: str, message: str, again: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.again = status, code, again


class UnreadableError(RefusedError):
    """The body is no JSON; nothing of it can be kept as events."""

    def __init__(self, message: str) -> None:
        super().__init__(400, "bad_json", message)


class UnsignedError(RefusedError):
    """The request does not prove that it comes from whom it says."""

    def __init__(self, message: str) -> None:
        super().__init__(401, "unsigned", message)


class UnknownKeyError(RefusedError):
    """Nobody has this write key."""

    def __init__(self) -> None:
        super().__init__(401, "unknown_key", "the write key is not known or was revoked; `kundig keys --add SOURCE` makes one")


class LaterError(RefusedError):
    """A write key sends more than it may."""

    def __init__(self, seconds: float) -> None:
        super().__init__(429, "too_many", "this write key sends more than it may; wait, and send it again", max(1, round(seconds + 0.5)))


class FullError(RefusedError):
    """More waits for the disk than may be held in memory."""

    def __init__(self) -> None:
        super().__init__(503, "busy", "more arrives than the disk takes; nothing of this request was kept: send it again", AGAIN)


class UnavailableError(RefusedError):
    """The inbox or the keys cannot be reached, or the disk is full."""

    def __init__(self) -> None:
        super().__init__(503, "unavailable", "events cannot be kept now; nothing of this request was kept: send it again", AGAIN)
