"""A small Nordwind Mobil with its pages: simulated and imported once, shared by all tests of the web."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

PASSWORD = "correct horse battery"
PEOPLE = {"alice": ("administrator", ""), "cora": ("cco", ""), "leo": ("lead", ""), "lisa": ("lead", "billing"), "axel": ("agent", ""), "vera": ("viewer", "")}
"""Everybody who logs in: name, role, department."""


@pytest.fixture(scope="session")
def company_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The workspace of this worker; the company itself is simulated once for all."""
    import kundig
    from kundig.demo import simulate

    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "web-company"
    with FileLock(f"{shared}.lock"):
        if not (shared / "done").exists():
            simulate(shared, customers=250, seed=7)
            settings = shared / "kundig.yaml"
            # Keys alone join here: what resemblance does is proven elsewhere, and takes long.
            settings.write_text(settings.read_text(encoding="utf-8") + "\nidentity: {resemblance: false}\n", encoding="utf-8")
            workspace = kundig.open(shared)
            list(workspace.imports())
            workspace.identify()
            workspace.read()
            (shared / "done").touch()
    mine = tmp_path_factory.mktemp("web") / "nordwind"
    shutil.copytree(shared, mine)
    return mine


@pytest.fixture(scope="session")
def site(company_folder: Path) -> Iterator[Path]:
    """Django, set up on the workspace, with somebody for each role."""
    os.environ |= {"KUNDIG_PATIENCE": "300", "KUNDIG_ADMIN": "alice", "KUNDIG_ADMIN_PASSWORD": PASSWORD}
    from kundig.web.opening import opened

    opened(company_folder)
    # Commands that other tests of this worker start are not of this workspace.
    for name in ("KUNDIG_WORKSPACE", "KUNDIG_ADMIN", "KUNDIG_ADMIN_PASSWORD"):
        os.environ.pop(name, None)
    from django.test.utils import setup_test_environment

    # Pages tell which context they were drawn from.
    setup_test_environment()
    from kundig.state.people import Person

    for login, (role, department) in PEOPLE.items():
        one, _ = Person.objects.get_or_create(login=login)
        one.name, one.role, one.department, one.language = login.capitalize(), role, department, "en"
        one.set_password(PASSWORD)
        one.save()
    yield company_folder
    from kundig.web.desk import desk

    # What nobody waits for is not answered.
    desk().close()


@pytest.fixture
def client(site: Path) -> Iterator[Callable[..., Any]]:
    """A browser of somebody; what is changed in the database is taken back after the test."""
    from django.db import transaction
    from django.test import Client

    from kundig.state.people import Person

    with transaction.atomic():
        point = transaction.savepoint()

        def of(login: str = "alice", language: str = "en") -> Client:
            one = Client(headers={"host": "localhost"})
            person = Person.objects.get(login=login)
            person.language = language
            person.save()
            one.force_login(person)
            return one

        yield of
        transaction.savepoint_rollback(point)


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[str]:
    """`kundig serve` on the workspace; gives its address. What a worker does beside it would make answers old while they are looked at."""
    environment = os.environ | {"KUNDIG_PATIENCE": "120"}
    process = subprocess.Popen([sys.executable, "-m", "kundig", "serve", "--no-worker", "--workspace", str(site), "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "http://" in line:
            break
    address = next((word for line in lines for word in line.split() if word.startswith("http://")), None)
    assert address, "".join(lines)
    yield address.rstrip("/;")
    process.terminate()
    process.wait(timeout=20)
    process.stdout.close()


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The worker's name, also where tests run in one process."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")
