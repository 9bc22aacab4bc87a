"""What holds for every analysis, those of packages included."""

import random
import subprocess
import sys
from functools import cache

import ibis
import pytest

from kundig.analysis import analyses
from kundig.estimates import Estimate
from kundig.journal import told, unbound
from kundig.settings import Settings
from tests import answers
from tests.dealings import dealings

ANALYSES = list(analyses().values())
MOMENT = "2026-03-10"
"""In the middle of the story."""
every = pytest.mark.parametrize("asked", ANALYSES, ids=lambda asked: asked.name)


def arguments(asked, **chosen):
    return {argument.name: argument.default for argument in asked.arguments} | {name: value for name, value in chosen.items() if name in {a.name for a in asked.arguments}}


def of_story(asked):
    """By what the story has something to say to every analysis."""
    return arguments(asked, metric="csat", floor=2, snapshots=1, contacts="shop, rate", touches="shop", purchase="pay", ended_after="0 days", kept=0.2, won="started", lost="ended", resolved="rate")


def answer(asked, journal):
    return [{name: rounded(value) for name, value in row.items()} for row in answers.answer(asked.function, journal, **of_story(asked)).to_pylist()]


def rounded(value):
    """An engine adds up in any order: the last digits of a sum are nobody's."""
    return float(f"{value:.9g}") if isinstance(value, float) else [rounded(each) for each in value] if isinstance(value, list) else value


WORDS = {
    "shop": ("Mein Paket kam zu spät an", "Die App stürzt ständig ab", "The agent was very rude"),
    "rate": ("Das Paket kam schon wieder zu spät", "Die App stürzt ab", None, "A rude agent again"),
    "letter": ("Ihr Bereitstellungsentgelt wird fällig.", "We will call you tomorrow about your contract."),
}


def life():
    """A short story with answers, cases, a late event and two customers."""
    told_events = []
    for number in range(12):
        for step, (touchpoint, score) in enumerate((("shop", None), ("pay", None), ("rate", float(1 + number % 5)), ("letter", None))):
            told_events.append({
                "event_id": f"{number}-{step}", "subject": ("ada", "ben", "cyd")[number % 3], "touchpoint": touchpoint, "case_id": f"case{number}",
                "occurred_at": f"2026-03-{number + 1:02}T0{step}:00", "known_at": f"2026-03-{number + 3:02}T00:00",
                "metric": "csat" if score else None, "score": score, "channel": "web", "properties": {"late": "yes" if number % 2 else "no"},
                "text": WORDS.get(touchpoint, (None,))[number % len(WORDS.get(touchpoint, (None,)))], "product": "box" if touchpoint == "shop" else None, "kind": "post" if touchpoint == "shop" else touchpoint,
            })  # fmt: skip
    finds = [{"event_id": f"find{day}", "subject": "ada", "staff": "s1", "kind": "jargon_find", "occurred_at": f"2026-03-0{day}", "known_at": f"2026-03-0{day}", "outcome": outcome, "properties": {"word": "Bereitstellungsentgelt"}} for day, outcome in ((2, None), (4, "accepted"))]
    return told_events + finds + dealings()


@cache
def of_life(name, moment=None):
    """What an analysis says of the story, as of a moment; asked once."""
    journal = told(life())
    return answer(analyses()[name], journal.as_of(moment) if moment else journal)


@every
def test_it_documents_its_question_every_argument_and_every_column(asked):
    assert asked.question.endswith("?")
    assert asked.definition
    assert asked.order
    assert asked.example.startswith(">>> ")
    assert [argument.name for argument in asked.arguments if not argument.meaning] == []
    assert list(asked.function(unbound(), **arguments(asked)).columns) == list(asked.columns)
    assert [column for column, meaning in asked.columns.items() if not meaning] == []


@every
def test_the_settings_that_it_goes_by_can_be_told(asked):
    assert list(asked.settled(Settings())) == list(asked.settles)


@every
def test_it_counts_what_is_behind_each_row(asked):
    assert "n" in asked.columns


@every
def test_it_compiles_without_data_for_the_other_engine(asked):
    """For the embedded one it is compiled wherever it is asked."""
    pytest.importorskip("pyspark")
    # Naming the backend registers the options that its compiler reads.
    assert ibis.pyspark.name == "pyspark"
    asked_of = asked.function(unbound(), **arguments(asked))
    parts = asked_of.parts if isinstance(asked_of, Estimate) else [asked_of]
    assert ["SELECT" in ibis.to_sql(part, dialect="pyspark") for part in parts] == [True] * len(parts)


# To put a question into words takes longest: here the words of the story serve, those of the defaults are for the longer proofs.
@pytest.mark.parametrize("values", [of_story, pytest.param(arguments, marks=pytest.mark.soak)], ids=["as of the story", "by default"])
@every
def test_an_empty_journal_gives_an_empty_answer_of_the_right_shape(asked, values):
    table = answers.answer(asked.function, told([]), **values(asked))
    assert (table.column_names, table.num_rows) == (list(asked.columns), 0)


@every
def test_the_order_of_rows_does_not_matter(asked):
    events = life()
    shuffled = random.Random(7).sample(events, len(events))
    assert of_life(asked.name) != []
    assert answer(asked, told(shuffled)) == of_life(asked.name)


@every
def test_later_knowledge_never_gets_in(asked):
    events = life()
    known = [event for event in events if event["known_at"] <= f"{MOMENT}T00:00"]
    assert len(known) < len(events)
    assert of_life(asked.name, MOMENT) == answer(asked, told(known).as_of(MOMENT))


@every
def test_an_event_that_is_there_twice_counts_once(asked):
    events = life()
    assert answer(asked, told([*events, *events[::2]])) == of_life(asked.name)


@every
def test_a_correction_holds_from_when_it_was_known(asked):
    events = life()
    corrected = {**events[2], "score": 5.0, "touchpoint": "rated", "known_at": "2026-05-01T00:00"}
    journal = told([*events, corrected])
    assert answer(asked, journal) == answer(asked, told([*events[:2], corrected, *events[3:]]))
    assert answer(asked, journal.as_of(MOMENT)) == of_life(asked.name, MOMENT)


def test_no_analysis_reads_the_clock_or_loads_an_engine():
    loaded = "import sys, kundig.analysis as a; a.analyses(); print(sorted({'duckdb', 'pyspark', 'django', 'deltalake', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
