"""Each enrolment has one outcome, whoever was first and whoever died."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def raced(folder, races, kills):
    done = subprocess.run([sys.executable, "-W", "ignore", "-m", "tests.web.races", str(folder), str(races), str(kills), "7"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_event_or_timeout_has_one_outcome_with_the_work_that_belongs_to_it(tmp_path):
    found = raced(tmp_path, 1200, 2)
    assert (found["states"], found["one outcome"]) == ({"ended": 1200}, 1200)


@pytest.mark.soak
def test_so_it_is_in_twenty_thousand_races_under_eighty_kills(tmp_path):
    found = raced(tmp_path, 20_000, 80)
    assert (found["states"], found["one outcome"]) == ({"ended": 20_000}, 20_000)
    assert found["killed"] >= 80
