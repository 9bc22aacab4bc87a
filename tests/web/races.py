"""Event or timeout: two workers who know different things race for the same enrolments, and are killed at any moment.

`python -m tests.web.races FOLDER RACES KILLS SEED` prints what stands in the database at the end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

from tests.playbooks.histories import START

STEPS = [{"wait_until": {"event": "visit", "within": "1 day", "then": [{"task": {"department": "service", "title": "then"}}], "otherwise": [{"task": {"department": "service", "title": "otherwise"}}]}}]


def main(folder: Path, races: int, kills: int, seed: int) -> dict[str, object]:
    """Run the races to their end."""
    (folder / "kundig.yaml").write_text("company: {name: Nordwind}\n", encoding="utf-8")
    os.environ |= {"KUNDIG_WORKSPACE": str(folder), "DJANGO_SETTINGS_MODULE": "kundig.web.settings"}
    import django

    django.setup()
    from kundig.playbooks.playbook import Playbook
    from kundig.state.playbooks import applied
    from kundig.web.opening import migrated
    from kundig.web.place import Place

    migrated(Place(folder))
    texts = {"title": "Race", "why": "To see who wins", "owner": "ada", "hold_out": 0, "on": True, "limits": {"ask_above": races}}
    applied("race", Playbook.model_validate({**texts, "when": {"happened": {"event": "complaint"}}, "steps": STEPS}), "ada", START - timedelta(days=1))
    # Waves of races are due one after the other: workers are so quick that they would be done before they are killed.
    waves = 2 * kills
    # Told before the workers part, who have it from here.
    knows, knows_not = (_told(races, waves, kind) for kind in ("visit", "letter"))
    _ended(_worker(knows_not, START + timedelta(minutes=waves)))
    dice, killed = Random(seed), 0
    while killed < kills and (settled := _settled()) < races:
        over = _over(settled * waves // races)
        workers = [_worker(knows, over), _worker(knows_not, over)]
        # One is cut off while it reads, the other while it writes, or both just after.
        _until_written(workers, settled + 1) if dice.random() < 0.5 else time.sleep(dice.uniform(0, 1))
        time.sleep(dice.uniform(0, 0.05))
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        killed += sum(os.WIFSIGNALED(os.waitpid(pid, 0)[1]) for pid in workers)
    for pid in [_worker(knows, _over(waves)), _worker(knows_not, _over(waves))]:
        _ended(pid)
    return {**_found(), "killed": killed}


def _over(wave: int):
    """When the waits of so many waves and one more are over."""
    return START + timedelta(days=1, minutes=wave, seconds=1)


def _told(races: int, waves: int, kind: str):
    """Complaints, a minute between two waves, and what came after each: as long a story for both, so that neither is ahead."""
    from kundig.journal import told

    began = [START + timedelta(minutes=n * waves // races) for n in range(races)]
    story = [(f"c{n:05}", "complaint", at.isoformat()) for n, at in enumerate(began)]
    return told(story + [(f"c{n:05}", kind, (at + timedelta(hours=20)).isoformat()) for n, at in enumerate(began)])


def _settled() -> int:
    """How many waits are over."""
    from kundig.state.enrolments import Move

    return Move.objects.filter(path="1").count()


def _until_written(workers: list[int], enough: int) -> None:
    """Until so many waits are over, or the workers have ended."""
    while _settled() < enough and any(os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None for pid in workers):
        time.sleep(0.02)


def _worker(journal, now) -> int:
    """A process of its own that does one tick, of what it knows."""
    from django.db import connections

    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        from kundig.state.ticking import tick

        tick(journal, now)
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 -- a child must not go on as its parent
        sys.stderr.write(f"{error!r}\n")
        os._exit(1)


def _ended(pid: int) -> None:
    status = os.waitpid(pid, 0)[1]
    assert os.waitstatus_to_exitcode(status) == 0, status


def _found() -> dict[str, object]:
    from django.db import connections

    connections.close_all()
    from kundig.state.enrolments import Enrolment
    from kundig.state.outbox import Work

    moves, work = {}, {}
    for pk, path, outcome in Enrolment.objects.values_list("pk", "moves__path", "moves__outcome"):
        moves.setdefault(pk, []).append((path, outcome))
    for pk, title in Work.objects.values_list("act__enrolment", "title__en"):
        work.setdefault(pk, []).append(title)
    states = Counter(Enrolment.objects.values_list("state", flat=True))
    whole = sum(sorted(made) == sorted([("1", work[pk][0]), (f"1.{work[pk][0]}.1", "due")]) and len(work[pk]) == 1 for pk, made in moves.items() if pk in work)
    return {"states": dict(states), "one outcome": whole, "ways": sorted({titles[0] for titles in work.values()})}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), *map(int, sys.argv[2:]))) + "\n")
