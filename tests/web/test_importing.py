"""An import from the pages; in a file of its own, for it makes old what was answered."""

from __future__ import annotations

import time
from typing import Any

from tests.web.test_pages import text


def test_an_import_runs_in_the_background_and_says_what_it_did(site: Any) -> None:
    from django.test import Client

    from kundig.state.jobs import Job
    from kundig.state.people import Person

    browser = Client(headers={"host": "localhost"})
    browser.force_login(Person.objects.get(login="alice"))
    address = browser.post("/data/import/").headers["Location"]
    deadline = time.monotonic() + 120
    while (job := Job.objects.get(pk=int(address.split("/")[2]))).state == "running" and time.monotonic() < deadline:
        time.sleep(0.2)
    assert (job.state, job.error, job.percent) == ("done", "", 100)
    page = browser.get(address)
    assert [one["added"] for one in job.told["done"]] == [0] * len(job.told["done"])
    assert "invoices" in text(page)
