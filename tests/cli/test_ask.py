"""`kundig ask` as a person uses it."""

import csv
import json
import os
import subprocess
import sys

import pytest

from kundig.analysis import analyses

COMPANY = """
company: {name: Nord, timezone: Europe/Berlin}
sources:
  answers:
    read: {csv: "answers.csv"}
    events: {kind: feedback, subject: "crm:{who}", at: at, touchpoint: "{where}", metric: csat, score: csat}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("company")
    (folder / "kundig.yaml").write_text(COMPANY)
    rows = [f"customer{n},2026-03-{n + 1:02} 10:00,{'shop' if n < 8 else '=cmd'},{5 if n % 4 else 2}" for n in range(14)]
    (folder / "answers.csv").write_text("\n".join(["who,at,where,csat", *rows]))
    assert kundig(folder, "import").stdout == "answers: 14 rows, 14 events added\n14 events added.\n"
    return folder


def kundig(folder, *words, code=0, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "kundig", *words], cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "120", **environment}
    )
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    return done


def test_without_a_name_every_analysis_is_listed_with_its_question(folder):
    told = kundig(folder, "ask", COLUMNS="200").stdout.partition("\n\n")[0].splitlines()
    assert [line.split(maxsplit=1) for line in told] == [[name, asked.question] for name, asked in analyses().items()]


def test_an_answer_is_a_table_with_its_n(folder):
    told = kundig(folder, "ask", "feedback.scores", "--metric", "csat", "--by=touchpoint").stdout.splitlines()
    assert [line.rstrip() for line in told] == [
        "How satisfied are customers, where, and is it getting better or worse?",
        "metric: csat · by: touchpoint · repeated: clustered · floor: 5 · confidence: 0.95 · n = 14",
        "",
        "group  metric  state  n  customers  score   low  high   mean  occasion",
        "=cmd   csat    ok     6          6   66.7  30.0  90.3  4.000  transactional",
        "shop   csat    ok     8          8   75.0  40.9  92.9  4.250  transactional",
        "",
        "kundig ask feedback.scores --help says how this is defined.",
    ]


def test_json_carries_definition_arguments_and_rows(folder):
    answer = json.loads(kundig(folder, "ask", "scores", "--metric", "csat", "--as-of", "2026-03-05", "--format", "json").stdout)
    assert (answer["analysis"], answer["n"], answer["as_of"], answer["arguments"]["metric"]) == ("feedback.scores", 5, "2026-03-05T22:59:59.999999+00:00", "csat")
    assert answer["definition"].startswith("NPS and eNPS are promoters")
    assert [row["score"] for row in answer["rows"]] == [60.0]


def test_csv_is_safe_for_spreadsheets(folder):
    lines = list(csv.DictReader(kundig(folder, "ask", "scores", "--metric", "csat", "--by", "touchpoint", "--format", "csv").stdout.splitlines()))
    assert [(line["group"], line["n"]) for line in lines] == [("'=cmd", "6"), ("shop", "8")]


def test_parquet_goes_into_a_file(folder, tmp_path):
    import pyarrow.parquet as pq

    kundig(folder, "ask", "journeys.entries_exits", "--format", "parquet", "--out", str(tmp_path / "answer.parquet"))
    assert [row["step"] for row in pq.read_table(tmp_path / "answer.parquet").to_pylist()] == ["shop", "=cmd", "shop", "=cmd"]


@pytest.mark.parametrize(("words", "message"), [
    (["journey.flow"], "kundig: there is no analysis 'journey.flow'; did you mean 'journeys.flows'? `kundig ask` lists all " + str(len(analyses()))),
    (["retentoin"], "kundig: there is no analysis 'retentoin'; did you mean 'value.retention'? `kundig ask` lists all " + str(len(analyses()))),
    (["scores", "--metrik", "csat"], "kundig: feedback.scores has no argument --metrik; did you mean '--metric'? There are: --by, --confidence, --every, --floor, --metric, --occasions, --repeated"),
    (["scores", "--metric", "zufrieden"], "kundig: --metric does not know 'zufrieden'; there are: ces, csat, enps, nps, stars"),
    (["scores", "--metric"], "kundig: --metric needs a value"),
    (["scores", "csat"], "kundig: found 'csat' where an option was expected; feedback.scores has --metric, --by, --every, --occasions, --repeated, --floor, --confidence"),
    (["scores", "--format", "xml"], "kundig: --format does not know 'xml'; there are: csv, json, parquet, table"),
    (["scores", "--confidence", "2"], "kundig: expected a confidence between 0 and 1 such as 0.95, found 2.0"),
])  # fmt: skip
def test_a_wrong_word_is_answered_with_the_nearest_right_one(folder, words, message):
    assert kundig(folder, "ask", *words, code=1).stderr.strip() == message


def test_a_folder_that_is_no_workspace_says_what_to_do(tmp_path):
    message = kundig(tmp_path, "ask", "scores", code=1).stderr.strip()
    assert message == f"kundig: {tmp_path} is no workspace: expected kundig.yaml or a folder kundig/ of YAML files there; `kundig init {tmp_path}` writes one"


def test_help_and_list_load_no_engine():
    code = "import sys; sys.argv = ['kundig', '--help']\ntry:\n    from kundig.cli import main; main()\nexcept SystemExit: pass\nprint(sorted({'ibis', 'duckdb', 'pyarrow', 'pydantic', 'rich.console'} & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
