"""`kundig keys`, `kundig serve` and `kundig letters` as somebody meets them who sends events for the first time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx

from tests.cli.test_a_users_day import kundig_cli

YAML = "company: {name: Nord, language: en}\nlive: {flush: 600}\n"


def test_from_a_key_to_an_answer_and_a_dead_letter(tmp_path: Path) -> None:
    (tmp_path / "kundig.yaml").write_text(YAML)
    password = {"KUNDIG_ADMIN_PASSWORD": "chosen by somebody"}
    assert kundig_cli("keys", "-w", tmp_path, **password)[:2] == (0, "There are no write keys; `kundig keys --add SOURCE` makes one.\n")
    code, told, _ = kundig_cli("keys", "-w", tmp_path, "--add", "shop", "--name", "web", **password)
    key = told.splitlines()[1]
    assert (code, key.startswith("wk_"), key in (tmp_path / "kundig.sqlite3").read_bytes().decode("latin-1")) == (0, True, False)
    listed = kundig_cli("keys", "-w", tmp_path, **password)[1]
    assert (key in listed, key[:7] + "…" in listed) == (False, True)
    process = subprocess.Popen([sys.executable, "-m", "kundig", "serve", "-w", str(tmp_path), "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | password)
    assert process.stdout is not None
    try:
        address = next(word.rstrip("/;") for line in process.stdout for word in line.split() if word.startswith("http://"))
        call = {"userId": "ada", "event": "Order Completed", "messageId": "m1", "properties": {"total": 5}}
        answers = [httpx.post(f"{address}/v1/track", json=body, auth=(key, "")) for body in (call, {**call, "userId": None})]
        assert [(answer.status_code, answer.json()["accepted"]) for answer in answers] == [(200, 1), (200, 0)]
        assert [httpx.get(address + path).status_code for path in ("/login/", "/health/", "/ready", "/metrics", "/v1/track")] == [200, 200, 200, 200, 405]
        # Known before the lake has it.
        assert "shop.order" in kundig_cli("ask", "journeys.entries_exits", "-w", tmp_path, "--level", "touchpoint", "--format", "csv")[1]
        assert kundig_cli("keys", "-w", tmp_path, "--revoke", "1", **password)[0] == 0
    finally:
        process.terminate()
        told = process.stdout.read()
        process.stdout.close()
        code = process.wait(timeout=60)
    # The end brought home what waited.
    assert (code, "Traceback" in told, len(list((tmp_path / "lake" / "events").glob("*.parquet")))) == (0, False, 1), told
    code, told, _ = kundig_cli("letters", "-w", tmp_path)
    assert (code, "an event needs a `userId`" in " ".join(told.split())) == (0, True)
    assert '"userId":null' in kundig_cli("letters", "-w", tmp_path, "--show", "1")[1]
    assert "0 events wait for the lake now, 0 were known, 1 are dead again" in " ".join(kundig_cli("letters", "-w", tmp_path, "--replay")[1].split())
