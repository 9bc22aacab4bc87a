import random

import pytest

from kundig.errors import ArgumentError
from kundig.journal import told
from kundig.settings import Settings
from kundig.texts.readings import READINGS, text_hash
from kundig.value.engagement_members import engagement_members
from kundig.value.persona_themes import persona_themes
from kundig.value.personas import personas
from tests.value.told import rows

WORDS = "ant bee cat dog eel fox gnu hen jay kiwi lark mole newt owl pig quail rat seal toad wolf".split()
LATE, APP = "The parcel came late, {}", "Great app, {}"
PINNED = {"themes": {"delivery": {"words": ["parcel", "Paket"]}, "app": {"words": ["app"]}}}


def customer(number, score, text, mood=None):
    """Somebody who answers and writes; what the mood of the text is read as."""
    who, wrote = f"c{number}", text.format(WORDS[number // 4 % 20])
    events = [
        {"subject": who, "kind": "feedback", "metric": "nps", "score": float(score), "occurred_at": "2026-03-04", "touchpoint": "survey"},
        {"subject": who, "kind": "post", "occurred_at": "2026-03-05", "text": wrote, "touchpoint": "social"},
    ]  # fmt: skip
    return events, {"text_hash": text_hash(wrote), "negative": 0.9 if mood == "bad" else 0.05, "neutral": 0.05, "positive": 0.05 if mood == "bad" else 0.9}


def company(read=True, language="en", texts=PINNED):
    """Forty detractors, of whom most write of parcels and are cross; forty promoters who praise the app."""
    import ibis
    import pyarrow as pa

    from kundig.events import schema

    people = [customer(n, 2 if n % 2 == 0 else 10, (LATE if n % 10 else APP) if n % 2 == 0 else (APP if n % 5 else LATE), "bad" if n % 2 == 0 else "good") for n in range(80)]
    readings = list({reading["text_hash"]: {**dict.fromkeys(column.name for column in READINGS), **reading} for _, reading in people}.values())
    settings = Settings.model_validate({"texts": texts, "company": {"name": "Nord", "language": language}})
    known = ibis.memtable(pa.Table.from_pylist(readings, schema=schema(READINGS).to_pyarrow()), schema=schema(READINGS)) if read else None
    return told([event for events, _ in people for event in events], settings=settings, readings=known)


def test_detractors_are_pained_by_the_delivery_and_promoters_are_driven_by_the_app():
    found = rows(persona_themes(company()), "segment", "theme", "aspect", "n", "customers", "share", "share_others", "verdict")
    assert found == [
        ("engaged detractors", "delivery", "pain", 40, 32, 0.8, 0.2, "stands out"), ("engaged detractors", "app", "topic", 40, 8, 0.2, 0.8, "seldom"),
        ("engaged promoters", "app", "driver", 40, 32, 0.8, 0.2, "stands out"), ("engaged promoters", "delivery", "topic", 40, 8, 0.2, 0.8, "seldom"),
    ]  # fmt: skip


def test_each_persona_is_told_in_words_in_the_companys_language():
    [one, other] = rows(personas(company()), "segment", "wrote", "portrait", "pains", "drivers", "topics", "quotes")
    assert one[:6] == ("engaged detractors", 40, "Close detractors: much like all customers. What pains them more than others: delivery (80% of those who wrote, against 20%).", ["delivery"], [], [])
    assert other[:6] == ("engaged promoters", 40, "Close promoters: much like all customers. What they praise more than others: app (80% of those who wrote, against 20%).", [], ["app"], [])
    assert [quote.partition(",")[0] for quote in one[6] + other[6]] == ["The parcel came late", "Great app"]
    [german, _] = rows(personas(company(language="de")), "portrait")
    assert german == ("Eng verbundene Kritiker: den Kunden im Ganzen ähnlich. Was sie öfter plagt als andere: delivery (80 % derer, die schrieben, gegen 20 %).",)


def test_without_readings_a_theme_is_a_topic_and_no_pain():
    assert [(row[0], row[1]) for row in rows(persona_themes(company(read=False)), "aspect", "mood")] == [("topic", None)] * 4


def test_themes_that_were_not_pinned_are_formed():
    found = {row[0]: row[1:] for row in rows(personas(company(texts={}), most=2), "segment", "pains", "drivers")}
    [[pain]], [[driver]] = [row for row in found["engaged detractors"] if row], [row for row in found["engaged promoters"] if row]
    assert ("parcel" in pain, "app" in driver) == (True, True)


def test_what_everybody_writes_about_alike_stands_out_nowhere():
    people = [customer(n, 2 if n % 2 == 0 else 10, LATE if n // 2 % 2 else APP) for n in range(80)]
    journal = told([event for events, _ in people for event in events], settings=Settings.model_validate({"texts": PINNED}))
    assert {row[0] for row in rows(persona_themes(journal), "verdict")} == {"no difference shown"}


def test_a_customer_who_writes_a_lot_counts_once_and_the_company_says_nothing():
    events, _ = customer(0, 2, LATE)
    many = [{**events[1], "occurred_at": f"2026-03-{day:02}", "text": f"My parcel {WORDS[day]}"} for day in range(6, 16)]
    letter = {"subject": "c1", "kind": "letter", "occurred_at": "2026-03-05", "text": "Your parcel is on its way"}
    journal = told([*events, *many, letter], settings=Settings.model_validate({"texts": PINNED}))
    assert rows(persona_themes(journal), "segment", "theme", "state", "n", "customers") == [("engaged detractors", "delivery", "too few customers", 1, 1)]


def test_hardly_anybody_moves_if_a_tenth_of_the_others_are_gone():
    draw = random.Random(1)
    events = [(f"c{number}", ("visit", "shop", "help")[step % 3], f"2026-{1 + draw.randrange(6):02}-{1 + draw.randrange(28):02}") for number in range(400) for step in range(1 + draw.randrange(12))]
    some = [event for event in events if not event[0].endswith("7")]
    before, after = (dict(rows(engagement_members(told(of)), "customer_id", "segment")) for of in (events, some))
    assert sum(before[who] == segment for who, segment in after.items()) >= 0.97 * len(after)


def test_arguments_are_checked():
    for analysis in (personas, persona_themes):
        with pytest.raises(ArgumentError, match="--days, --most and --sample expect 1 or more, found 0"):
            analysis(told([]), most=0)


def test_employees_who_answer_about_their_work_are_no_customers():
    events = [{"subject": "ada", "kind": "order", "occurred_at": "2026-03-01"}, {"subject": "staff:7", "kind": "feedback", "metric": "enps", "score": 9, "occurred_at": "2026-03-01"}, {"subject": "staff:8", "kind": "training", "staff": "s8", "occurred_at": "2026-03-02"}]
    assert rows(engagement_members(told(events)), "customer_id", "segment") == [("ada", "engaged not asked")]


def test_where_only_one_segment_wrote_there_is_nobody_to_compare_it_with():
    wrote = [event for n in range(12) for event in customer(n, 2, LATE)[0]]
    found = told(wrote, settings=Settings.model_validate({"texts": PINNED}))
    assert set(rows(persona_themes(found), "segment", "theme", "state", "n", "customers", "verdict")) == {("engaged detractors", "delivery", "nobody to compare with", 12, 12, None)}
