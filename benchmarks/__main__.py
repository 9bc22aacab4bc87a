"""`python -m benchmarks [NAME…] [--huge]`: measure, and print the ratios with their targets."""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks.ratio import drawn

NAMES = ("door", "feedback", "firing", "foresight", "identity", "imports", "journeys", "linkage", "pages", "peers", "playbooks", "report", "start", "value")


def main(words: list[str]) -> int:
    """Run the named benchmarks, or all; 1 if a target is missed."""
    names = [word for word in words if word != "--huge"] or list(NAMES)
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"there is no benchmark {unknown[0]!r}; there are {', '.join(NAMES)}, and --huge", file=sys.stderr)
        return 2
    if "--huge" in words:
        names = [*(name for name in names if len(words) > 1), "huge"]
    ratios = []
    for name in names:
        with tempfile.TemporaryDirectory(prefix="kundig-bench-") as folder:
            for ratio in import_module(f"benchmarks.{name}").measured(Path(folder)):
                print(f"{ratio.what}: {ratio.said}", file=sys.stderr)
                ratios.append(ratio)
    drawn(ratios)
    return 0 if all(ratio.met for ratio in ratios) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
