"""A walk through kundig on a small shop: import, check, and four questions. Run it with `make demo`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
STEPS = (
    ("Three silos, as they export: a CSV from Windows, JSON lines, a survey. One journal:", ["import"]),
    ("Two rows could not be read. They are kept, with the reason:", ["check"]),
    ("How likely are customers to recommend us, and what goes with it?", ["ask", "feedback.scores", "--metric", "nps", "--by", "properties.delivery"]),
    ("Which whole ways do orders take?", ["ask", "journeys.variants", "--unit", "case", "--most", "4"]),
    ("How long does each step take?", ["ask", "journeys.flows", "--unit", "case"]),
    ("And what did we know at Easter?", ["ask", "feedback.scores", "--metric", "nps", "--as-of", "2026-04-05"]),
)


def main() -> None:
    """Run every step in a copy of the example, so that the copy can be thrown away."""
    with tempfile.TemporaryDirectory(prefix="corner-shop-") as folder:
        shutil.copytree(HERE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("lake"))
        for words, command in STEPS:
            print(f"\n\033[1m{words}\033[0m\n$ kundig {' '.join(command)}\n" if sys.stdout.isatty() else f"\n{words}\n$ kundig {' '.join(command)}\n", flush=True)
            subprocess.run([sys.executable, "-m", "kundig", *command], cwd=folder, check=True)
    print(f"\nYour turn: kundig init --from YOUR-FILES, or look at {HERE / 'kundig.yaml'}")


if __name__ == "__main__":
    main()
