"""Pictures that were drawn before: an answer looks the same for every reader of one language until there is another."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Any, TypeVar
from weakref import ref

from kundig.web import reader
from kundig.web.desk import desk

T = TypeVar("T")
MOST = 2_000
_drawn: OrderedDict[Hashable, tuple[list[Callable[[], Any]], Any]] = OrderedDict()
_lock = Lock()


def once(of: object, how: Hashable, draw: Callable[[], T], beside: Sequence[object] = ()) -> T:
    """What `draw` gives, drawn once.

    Args:
        of: the answer that is drawn. Answers that are remembered are the same object for every page.
        how: all else that decides how it looks, but the reader's language and the configuration.
        draw: draws it.
        beside: other objects that decide how it looks.
    """
    workspace = desk().workspace
    those = (of, workspace, *beside)
    key = (*map(id, those), reader.formats(), how)
    with _lock:
        found = _drawn.get(key)
        # An object that is gone may have left its number to another.
        if found is not None and all(held() is one for held, one in zip(found[0], those, strict=True)):
            _drawn.move_to_end(key)
            result: T = found[1]
            return result
    made = draw()
    with _lock:
        _drawn[key] = ([_held(one, key) for one in those], made)
        while len(_drawn) > MOST:
            _drawn.popitem(last=False)
    return made


def _held(one: object, key: Hashable) -> Callable[[], Any]:
    """Gives an object as long as it is there: an answer of millions of rows is not kept for what was drawn of it."""
    try:
        pop = _drawn.pop
        # Called anywhere, also while the lock is held or when the interpreter ends and this module is empty: it waits for nothing.
        return ref(one, lambda _: pop(key, None))
    except TypeError:
        # Lists, texts and the like are held: they are small.
        return lambda: one
