import json
import shutil
import subprocess
import sys

import pytest
from benchmarks.journeys import DECLARE
from benchmarks.life import company

ASK = """
import json, resource, sys
import kundig
answer = kundig.open(sys.argv[1]).ask("journeys." + sys.argv[2], **json.loads(sys.argv[3]))
print(json.dumps([answer.table.to_pylist(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10]))
"""


@pytest.mark.soak
@pytest.mark.parametrize(("name", "arguments"), [("deviations", DECLARE), ("flows", {}), ("variants", {})])
def test_lives_of_five_thousand_steps_are_told_within_a_bound_of_memory_and_the_same(tmp_path, monkeypatch, name, arguments):
    def asked(lives, memory):
        workspace = tmp_path / str(lives)
        if not workspace.exists():
            company(workspace, lives * 5_000, lives=lives)
        shutil.rmtree(workspace / "lake" / ".answers", ignore_errors=True)
        monkeypatch.setenv("KUNDIG_MEMORY", memory)
        done = subprocess.run([sys.executable, "-c", ASK, str(workspace), name, json.dumps(arguments)], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    unbound, bound = asked(100, "4GB"), asked(100, "200MB")
    assert bound[0] == unbound[0]
    # Four times as many lives take no more memory; the engine goes a little beyond what it is given, at any size.
    assert asked(400, "200MB")[1] < bound[1] + 150
