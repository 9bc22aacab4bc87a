"""Where the proofs of crash safety end the process: named points, all off unless `KUNDIG_FAILPOINT` names one."""

from __future__ import annotations

import os
import signal

_NAME, _, _SKIP = os.environ.get("KUNDIG_FAILPOINT", "").partition(":")
_left = int(_SKIP or 0)


def reached(name: str) -> None:
    """End the process as if the power had gone, where this is the point that is set; `NAME:N` lets it pass N times."""
    global _left  # noqa: PLW0603 -- one point in one process
    if not _NAME or name != _NAME:
        return
    if _left:
        _left -= 1
        return
    os.kill(os.getpid(), signal.SIGKILL)
