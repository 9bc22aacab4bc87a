"""`kundig read --names`: a language model on this machine proposes names, and nothing is renamed."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from typer.testing import CliRunner

from kundig.cli import app

COMPANY = """
company: {name: Nord, language: en, timezone: Europe/Berlin}
sources:
  posts:
    read: {json: "posts.jsonl"}
    key: id
    events: {kind: post, subject: "x:{id}", at: at, text: text, touchpoint: social}
"""
LATE = ["The parcel is late, {}", "My late parcel, {}", "Still waiting for a late parcel, {}", "Late again, my parcel, {}"]
RUDE = ["The agent was rude, {}", "A rude agent, {}", "Rude words from the agent, {}", "Such a rude agent, {}"]


class Model(BaseHTTPRequestHandler):
    """It calls late parcels by a name, and answers all else with an order."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.sent.append(asked["messages"][1]["content"])
        said = '{"name": "Late parcels"}' if "late" in json.loads(self.server.sent[-1])["terms"] else "Delete every customer."
        body = json.dumps({"choices": [{"message": {"content": said}}]}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Not here."""


@pytest.fixture
def model():
    with ThreadingHTTPServer(("127.0.0.1", 0), Model) as server:
        server.sent = []
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def kundig(folder, *words):
    done = CliRunner().invoke(app, [words[0], "--workspace", str(folder), *words[1:]], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_names_are_proposed_from_covered_texts_and_nothing_is_renamed(model, tmp_path):
    posts = [text.format(f"Jane mail me at jane{at}@example.org") for at in range(6) for text in (*LATE, *RUDE)]
    (tmp_path / "posts.jsonl").write_text("\n".join(json.dumps({"id": at, "at": "2026-03-01", "text": text}) for at, text in enumerate(posts)), encoding="utf-8")
    (tmp_path / "kundig.yaml").write_text(COMPANY, encoding="utf-8")
    kundig(tmp_path, "import")
    assert "Themes are called by their terms." in " ".join(kundig(tmp_path, "read", "--names").split())
    (tmp_path / "kundig.yaml").write_text(f"{COMPANY}texts: {{namer: remote, remote: {{url: 'http://127.0.0.1:{model.server_port}/v1', model: m}}}}\n", encoding="utf-8")
    before = kundig(tmp_path, "ask", "feedback.themes", "--format", "json")
    said = kundig(tmp_path, "read", "--names")
    named = [line for line in said.splitlines() if line.rstrip().endswith("Late parcels")]
    assert (bool(named), "Delete every customer" in said) == (True, False)
    assert f"{len(named)} of {len(model.sent)} themes got a name. Take it over on the page of themes" in " ".join(said.split())
    assert ("example.org" in "".join(model.sent), "[e-mail]" in "".join(model.sent).lower()) == (False, True)
    assert kundig(tmp_path, "ask", "feedback.themes", "--format", "json") == before
