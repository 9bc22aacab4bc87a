"""pm4py's side, run by the Python that has it: nothing here may need kundig."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pandas
import pm4py

from benchmarks.process import told

XES = {"subject": "case:concept:name", "touchpoint": "concept:name", "occurred_at": "time:timestamp"}
SURE = {"support": 1.0, "confidence": 1.0}
RULES = {
    "existence": (0,), "absence": (20,), "exactly_one": (7,), "init": (0,), "response": (1, 2), "precedence": (0, 3), "succession": (1, 4),
    "chainresponse": (0, 1), "responded_existence": (5, 6), "noncoexistence": (8, 9),
}  # fmt: skip
"""The ten constraints of `benchmarks.journeys` without their deadlines, as pm4py writes them."""


def _model() -> dict[str, dict[object, dict[str, float]]]:
    names = {template: tuple(f"touchpoint {number}" for number in numbers) for template, numbers in RULES.items()}
    return {template: {(steps if len(steps) > 1 else steps[0]): SURE} for template, steps in names.items()}


def _answered(file: Path, call: str) -> None:
    began = time.perf_counter()
    # Its DECLARE asks for the columns of XES, whatever names it is given.
    log = pandas.read_parquet(file, columns=list(XES)).rename(columns=XES)
    more = (_model(),) if call == "conformance_declare" else ()
    answer = getattr(pm4py, call)(log, *more)
    told(time.perf_counter() - began)
    assert answer


if __name__ == "__main__":
    _answered(Path(sys.argv[1]), sys.argv[2])
