"""Questions of the pages, as a reader asks them: see `desk` for who answers.

A page says which questions it has. If the answers come soon, it is drawn; if a first computation takes longer, the
reader sees how far it is, and may leave: it goes on. What a page can be read without comes later, in its place; it is
worked on beside, so that no page waits behind it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Hashable, Sequence
from concurrent.futures import Future, wait
from dataclasses import replace
from hashlib import sha256
from threading import Thread
from typing import Any

from django.db import connections

from kundig.analysis import analyses
from kundig.errors import KundigError
from kundig.journal import Extract
from kundig.state.jobs import Job, advanced, begun, ended
from kundig.web.access import Asked
from kundig.web.desk import Question, desk
from kundig.web.freshness import noted

log = logging.getLogger("kundig.web")
AT_ONCE = 0.4
"""Seconds that a page gives to answers it can be read without."""


class Late:
    """Stands in the place of an answer that is still worked on."""


LATE = Late()


class PendingError(Exception):
    """The answer takes longer than a page may; carries the job that works on it."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.key)
        self.job = job


def patience() -> float:
    """Seconds that a page waits for answers before it shows progress instead."""
    return float(os.environ.get("KUNDIG_PATIENCE", "1.5"))


def question(request: Asked, name: str, *, as_of: str | None = None, extract: Extract | None = None, **arguments: Hashable) -> Question:
    """A question as this reader may ask it: whoever sees one department asks of it alone."""
    theirs = replace(extract or Extract(), unit=request.user.unit)
    return Question(name, tuple(sorted(arguments.items())), as_of or None, None if theirs == Extract() else theirs)


def answers(request: Asked, title: str, *questions: Question) -> list[Any]:
    """The answers to all questions of a page; an error of a question stands in its place.

    Raises:
        PendingError: they take longer; the job says how far they are.
    """
    futures = [desk().future(asked) for asked in questions]
    _, late = wait(futures, timeout=patience())
    if late:
        raise PendingError(_job(request, title, questions, futures))
    noted(request, futures)
    return [_outcome(future) for future in futures]


def some(request: Asked, title: str, needed: Sequence[Question], rest: Sequence[Question]) -> tuple[list[Any], list[Any]]:
    """The answers that a page needs, and those that it can be read without: LATE where one is still worked on.

    Raises:
        PendingError: a needed one takes longer.
    """
    follow = [desk().future(asked, later=True) for asked in rest]
    found = answers(request, title, *needed) if needed else []
    # What is kept comes at once; the rest is not waited for: it has its place on the page.
    wait(follow, timeout=min(patience(), AT_ONCE))
    noted(request, follow)
    return found, [_outcome(future) if future.done() else LATE for future in follow]


def answer(request: Asked, title: str, asked: Question) -> Any:
    """The answer to one question.

    Raises:
        KundigError: as the question has it.
        PendingError: it takes longer.
    """
    [one] = answers(request, title, asked)
    if isinstance(one, KundigError):
        raise one
    return one


def known(name: str) -> bool:
    """Whether there is such an analysis in this kundig."""
    return name in analyses()


def _outcome(future: Future[Any]) -> Any:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, KundigError):
        return error
    raise error


def _job(request: Asked, title: str, questions: tuple[Question, ...], futures: list[Future[Any]]) -> Job:
    # Whoever asks the same from another page, or in another language, goes back there and reads a title of their own.
    back = request.get_full_path()
    key = sha256(repr((desk().state, questions, title, back)).encode()).hexdigest()[:40]
    job, new = begun(f"answers:{key}", title, request.user, back)
    if new:
        Thread(target=_followed, args=(job, futures), name="kundig-progress", daemon=True).start()
    return job


def _followed(job: Job, futures: list[Future[Any]]) -> None:
    """Tell how far the answers of a page are, until they are there."""
    try:
        late = set(futures)
        while late:
            done, late = wait(futures, timeout=1.0)
            advanced(job, len(done) / len(futures))
        faults = [error for future in futures if (error := future.exception()) is not None and not isinstance(error, KundigError)]
        if faults:
            log.error("an answer failed", exc_info=faults[0])
        ended(job, "an unexpected fault; the log of the server says more" if faults else "")
    finally:
        connections.close_all()
