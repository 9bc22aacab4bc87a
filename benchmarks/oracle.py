"""pm4py's side, run by the Python that has it: nothing here may need kundig."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pandas
import pm4py

from benchmarks.process import told


def _answered(file: Path, call: str) -> None:
    began = time.perf_counter()
    log = pandas.read_parquet(file, columns=["subject", "touchpoint", "occurred_at"])
    answer = getattr(pm4py, call)(log, case_id_key="subject", activity_key="touchpoint", timestamp_key="occurred_at")
    told(time.perf_counter() - began)
    assert answer


if __name__ == "__main__":
    _answered(Path(sys.argv[1]), sys.argv[2])
