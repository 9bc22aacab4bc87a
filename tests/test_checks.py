"""`kundig check` in the company's own days, and what is wrong with rows that were set aside."""

import kundig
from kundig.checks import checked

COMPANY = """
company: {name: Nord, timezone: Europe/Berlin}
sources:
  stars:
    read: {csv: stars.csv}
    key: id
    events: {kind: feedback, subject: "crm:{who}", at: at, metric: stars, score: score}
"""


def findings(folder, *rows):
    (folder / "kundig.yaml").write_text(COMPANY)
    (folder / "stars.csv").write_text("\n".join(["id,who,at,score", *rows]) + "\n")
    workspace = kundig.open(folder)
    list(workspace.imports())
    return [one.found for one in checked(workspace) if one.about == "stars"]


def test_a_day_is_that_of_the_companys_clock(tmp_path):
    assert findings(tmp_path, "1,ada,2026-03-01,5", "2,ada,2026-03-05 00:30,4")[-1] == "2 events from 2026-03-01 to 2026-03-05"


def test_rows_that_were_set_aside_are_told_by_what_is_wrong_with_one_of_them(tmp_path):
    assert findings(tmp_path, "1,ada,2026-03-01,5", "2,ada,2026-02-30,4", "3,ada,2026-03-01,9")[-2:] == [
        "1 row in quarantine: at: not a time (such as 2026-02-30), first in stars.csv line 3",
        "1 row in quarantine: score: is outside 1 to 5 of stars (such as 9.0), first in stars.csv line 4",
    ]
