"""Pictures that were drawn before: an answer looks the same for every reader of one language until there is another."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from kundig.web import reader
from kundig.web.desk import desk

T = TypeVar("T")
MOST = 2_000
_drawn: OrderedDict[Hashable, tuple[Any, Any, Any]] = OrderedDict()
_lock = Lock()


def once(of: object, how: Hashable, draw: Callable[[], T]) -> T:
    """What `draw` gives, drawn once.

    Args:
        of: the answer that is drawn. Answers that are remembered are the same object for every page.
        how: all else that decides how it looks, but the reader's language and the configuration.
        draw: draws it.
    """
    workspace = desk().workspace
    key = (id(of), id(workspace), reader.formats(), how)
    with _lock:
        found = _drawn.get(key)
        if found is not None:
            _drawn.move_to_end(key)
            result: T = found[2]
            return result
    made = draw()
    with _lock:
        # Both are held, so that no other object gets their numbers.
        _drawn[key] = (of, workspace, made)
        while len(_drawn) > MOST:
            _drawn.popitem(last=False)
    return made
