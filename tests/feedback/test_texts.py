"""What customers said: themes, moods, spikes, launches, clarity and jargon, on small stories."""

from datetime import date, timedelta

import ibis
import numpy as np
import pytest

from kundig.feedback import clarity, emerging, jargon, jargon_bounty, launches, moods, themes
from kundig.feedback.clarity import retold
from kundig.journal import told
from kundig.settings import Annotation, Settings
from kundig.settings.texts import Pinned, Texts
from kundig.texts.encoder import UniversalEncoder
from kundig.texts.moods import seed
from kundig.texts.readings import Reader

PARCEL = ["Mein Paket kam zu spät an", "Das Paket ist noch nicht da", "Paket beschädigt angekommen", "Wo bleibt mein Paket?", "Der Paketbote hat das Paket verloren", "Paket wieder verspätet"]
APP = ["Die App stürzt ständig ab", "App lädt nicht", "In der App fehlt meine Rechnung", "Seit dem Update startet die App nicht", "App App App, nichts geht", "Diese App ist langsam"]


def posts(texts, *, day="2026-03-01", **more):
    return [{"subject": ("ada", "ben", "cyd")[at % 3], "kind": "post", "touchpoint": "social", "occurred_at": f"{day}T{at % 24:02}:10", "text": text, "language": "de", **more} for at, text in enumerate(texts)]


def numbered(events):
    return [{**event, "event_id": f"e{at}"} for at, event in enumerate(events)]


@pytest.fixture(scope="module")
def reader():
    return Reader(UniversalEncoder(), seed(), ("de", "en"))


def read(events, reader, **more):
    return told(numbered(events), readings=ibis.memtable(reader.read(sorted({event["text"] for event in events if event["text"]}))), **more)


def test_two_subjects_are_two_themes_named_by_their_words(reader):
    rows = themes(read(posts(PARCEL + APP), reader), most=2).to_pyarrow().to_pylist()
    assert sorted((row["n"], row["state"], {"Paket", "App"} & {word for term in row["terms"] for word in term.split()}) for row in rows) == [(6, "ok", {"App"}), (6, "ok", {"Paket"})]


def test_copies_of_one_post_are_a_campaign_and_shape_no_theme(reader):
    rows = themes(read(posts([*PARCEL, *APP, *["Unterschreibt die Petition gegen Nord! https://example.org"] * 40]), reader), most=3).to_pyarrow().to_pylist()
    [campaign] = [row for row in rows if row["state"] == "campaign"]
    assert campaign["copies"] == 40
    assert campaign["n"] >= 40


def test_a_pinned_theme_comes_first_and_a_renamed_one_keeps_its_new_name(reader):
    journal = read(posts(PARCEL + APP), reader)
    found = themes(journal, most=2).to_pyarrow().to_pylist()
    settings = Settings(texts=Texts(themes={"Versand": Pinned(words=("paket",))}))
    first = themes(told(numbered(posts(PARCEL + APP)), settings=settings), most=1).to_pyarrow().to_pylist()
    assert [(row["theme"], row["state"], row["n"]) for row in first[:1]] == [("Versand", "pinned", 6)]
    both = Settings(texts=Texts(renamed={row["theme"]: "Alles" for row in found}))
    merged = themes(read(posts(PARCEL + APP), reader, settings=both), most=2).to_pyarrow().to_pylist()
    assert [(row["theme"], row["n"], row["share"]) for row in merged] == [("Alles", 12, 1.0)]


def test_verbatims_show_no_personal_data(reader):
    texts = [f"Mein Paket fehlt, ich heiße Ada Kern, 0171 234567{at}" for at in range(6)]
    [row] = themes(read(posts(texts), reader), most=1).to_pyarrow().to_pylist()
    assert set(row["examples"]) == {"Mein Paket fehlt, ich heiße [name], [phone]"}


def test_moods_are_the_mean_of_probabilities_and_say_what_was_not_read(reader):
    journal = read(posts(["Ich bin stinksauer, nie wieder", "Vielen Dank, großartig", "Furchtbar schlecht", "Das ist Betrug", "Die App ist eine Katastrophe"]), reader)
    [row] = moods(journal).to_pyarrow().to_pylist()
    assert (row["state"], row["n"], row["read"], row["different"]) == ("ok", 5, 5, 5)
    assert row["low"] < row["negative"] < row["high"]
    assert row["negative"] > 50 > row["positive"]
    assert moods(told(posts(PARCEL))).to_pyarrow().to_pylist()[0]["state"] == "not read"


def story(swelling):
    days = [date(2026, 3, 1) + timedelta(days=at) for at in range(42)]
    events = []
    for at, day in enumerate(days):
        events += posts(PARCEL[at % 3 : at % 3 + 2], day=day) + posts(APP[at % 3 : at % 3 + 2], day=day)
    return events + posts([f"Die Störung im Netz hört nicht auf {chr(97 + at)}" for at in range(15)] if swelling else [], day=days[-1])


def test_a_new_theme_is_an_alarm_and_a_quiet_week_is_none(reader):
    loud = emerging(read(story(swelling=True), reader), most=3).to_pyarrow().to_pylist()
    assert [(row["state"], row["n"], str(row["day"])) for row in loud[:1]] == [("new", 15, "2026-04-11")]
    assert {row["state"] for row in emerging(read(story(swelling=False), reader), most=3).to_pyarrow().to_pylist()} == {"usual"}


def launch(product, day, bad_from):
    good, bad = "Die {} ist super, vielen Dank {}", "Die {} ist eine Katastrophe, sie stürzt dauernd ab {}"
    return [{**post, "occurred_at": f"{day}T{hour:02}:{minute}0"} for hour in range(12) for minute in range(4) for post in posts([(bad if hour >= bad_from else good).format(product, chr(97 + hour) + chr(97 + minute))], product=product)]


def test_a_launch_turns_bad_within_hours_and_one_that_is_praised_does_not(reader):
    rows = launches(read(launch("Box", "2026-03-01", 5) + launch("Watch", "2026-03-08", 99), reader), hours=12).to_pyarrow().to_pylist()
    box, watch = ([row for row in rows if row["product"] == name] for name in ("Box", "Watch"))
    assert 6 <= box[0]["turned"] <= 8
    assert [row["state"] for row in box] == ["ok"] * (box[0]["turned"] - 1) + ["bad"] * (13 - box[0]["turned"])
    assert ({row["state"] for row in watch}, {row["turned"] for row in watch}) == ({"ok"}, {None})
    assert [row["posts"] for row in watch] == [4 * hour for hour in range(1, 13)]


def test_a_launch_says_what_it_is_about(reader):
    last = launches(read(launch("Box", "2026-03-01", 5) + launch("Watch", "2026-03-08", 99), reader), hours=12, product="Box").to_pyarrow().to_pylist()[-1]
    assert "Katastrophe" in " ".join(last["negative_terms"])
    assert "Box" not in " ".join(last["terms"] + last["negative_terms"])


def test_a_price_change_is_a_launch_by_the_words_of_its_annotation(reader):
    settings = Settings(annotations=(Annotation(on=date(2026, 3, 2), text="new prices", words=("preis", "a+b")),))
    before, after = posts(["Der Preis ist fair"], day="2026-03-01"), posts([f"Die Preise sind eine Frechheit, nie wieder {chr(97 + at)}" for at in range(12)], day="2026-03-02")
    usual = posts([f"Vielen Dank, hervorragender Dienst {chr(97 + at % 26)}{chr(97 + at // 26)}" for at in range(60)], day="2026-02-01")
    rows = launches(read([*before, *after, *usual], reader, settings=settings), hours=24).to_pyarrow().to_pylist()
    assert {(row["product"], str(row["began"])) for row in rows} == {("new prices", "2026-03-02 00:10:00")}
    assert (rows[-1]["state"], rows[-1]["posts"], rows[-1]["usual"]) == ("bad", 12, 0.0)


def test_a_good_launch_is_called_bad_no_oftener_than_is_said():
    """Four hundred launches that are received as their like are: chance alone may call one in twenty bad."""
    from kundig.feedback.launches import _looks

    rng = np.random.default_rng(7)
    alarms = 0
    for _ in range(400):
        rows = [{"age": float(at * 600), "event_id": f"e{at}", "negative": float(bad), "positive": 1.0 - bad} for at, bad in enumerate(rng.random(90) < 0.35)]
        like = [{**row, "age": float(at * 600)} for at, row in enumerate(rows[40:])]
        alarms += any(p < 0.05 for _, p in _looks(rows[:40], [like], []))
    # Binomial: at most 34 of 400 at a true rate of 5 %, but once in a thousand times.
    assert alarms <= 34


def test_near_copies_are_one_campaign(reader):
    call = "Unterschreibt heute noch alle die Petition gegen die neuen Preise von Nord und sagt es weiter"
    variants = [call, f"{call} an alle", f"Achtung: {call}", f"{call}!!! Danke"]
    rows = themes(read(posts([*PARCEL, *APP, *(f"{variants[at % 4]} {'x' * (at % 3)}" for at in range(40))]), reader), most=3).to_pyarrow().to_pylist()
    assert [row["copies"] for row in rows if row["state"] == "campaign"] == [40]


def test_a_name_that_people_gave_stays_with_a_theme_that_has_changed_a_little(reader):
    [first, second] = themes(read(posts(PARCEL + APP), reader), most=2).to_pyarrow().to_pylist()
    title = " / ".join([*first["terms"][:2], "etwas"][: 1 + len(first["terms"][:2])])
    renamed = themes(read(posts(PARCEL + APP), reader, settings=Settings(texts=Texts(renamed={title: "Unser Name"}))), most=2).to_pyarrow().to_pylist()
    assert {row["theme"] for row in renamed} == {"Unser Name", second["theme"]}


def test_moods_of_what_is_about_us_leave_other_posts_out(reader):
    about = Reader(reader.embedder, reader.classifier, ("de", "en"), ("Nord",))
    journal = read([*posts(["Nord ist großartig, danke", "Der Wind ist furchtbar"]), *[{**one, "kind": "message_in"} for one in posts(["Bitte um Rückruf"])]], about)
    assert [moods(journal, only=only, floor=1).to_pyarrow().to_pylist()[0]["n"] for only in ("all", "about us")] == [3, 2]


def find(word, who, day, **more):
    return {"subject": f"staff:{who}", "kind": "jargon_find", "staff": who, "occurred_at": f"2026-03-{day:02}", "properties": {"word": word}, **more}


def test_finds_of_staff_are_kept_with_who_was_first_and_what_became_of_them():
    events = [
        *letters(["Ihre Bereitstellungsentgelte sind fällig.", "Ihr Entgelt."]), *posts(["Mein Entgelt ist zu hoch"]),
        find("Bereitstellungsentgelt", "s1", 2), find("bereitstellungsentgelt", "s2", 3), find("Bereitstellungsentgelt", "boss", 4, outcome="accepted"),
        find("Bereitstellungsentgelt", "boss", 5, outcome="rewarded", amount=50, currency="EUR"), find("Entgelt", "s2", 6), find("Kwallok", "s1", 7, outcome="declined"),
    ]  # fmt: skip
    rows = jargon_bounty(told(numbered(events))).to_pyarrow().to_pylist()
    assert [(row["word"], row["state"], row["found_by"], row["finders"], row["reward"], row["n"], row["customers_n"], row["verdict"]) for row in rows] == [
        ("Entgelt", "open", "s2", 1, None, 1, 1, "customers say it too"),
        ("Bereitstellungsentgelt", "rewarded", "s1", 2, 50.0, 1, 0, "ours alone"),
        ("Kwallok", "declined", "s1", 0, None, 0, 0, "nobody says it"),
    ]


def letters(texts, **more):
    return [{"subject": "ada", "kind": "letter", "touchpoint": "letter", "occurred_at": f"2026-03-{at % 28 + 1:02}", "text": text, "language": "de", **more} for at, text in enumerate(texts)]


def test_the_harder_letter_comes_first_with_its_worst_sentence_and_the_reason():
    easy = letters(["Wir rufen Sie morgen an.", "Ihr Paket ist da."], touchpoint="letter.easy")
    hard = letters([f"Die Inanspruchnahme der Leistung wird gemäß der Leistungsbeschreibung nur nach Vorlage der Einverständniserklärung {at} gewährt." for at in "ab"], touchpoint="letter.hard")
    rows = clarity(told(numbered(easy + hard))).to_pyarrow().to_pylist()
    assert [(row["group"], row["state"], row["n"]) for row in rows] == [("letter.hard", "ok", 2), ("letter.easy", "ok", 2)]
    assert rows[0]["worst"][0].startswith("Die Inanspruchnahme")
    assert "passive" in rows[0]["reasons"][0]
    assert rows[0]["reading_ease"] < rows[1]["reading_ease"]


def test_no_easy_sentence_is_called_costly_and_the_companys_name_is_a_word_that_everybody_knows():
    texts = ["Heute bekommen Sie die Rechnung der Quorvexil und der Zwelmbax von uns geschickt.", "Wir rufen Sie morgen an."]

    def worst(name):
        [row] = clarity(told(numbered(letters(texts)), settings=Settings.model_validate({"company": {"name": name, "language": "de"}}))).to_pyarrow().to_pylist()
        return row["worst"], row["reasons"]

    assert (worst("Nord"), worst("Quorvexil Zwelmbax AG")) == (([texts[0]], ["rare words: Quorvexil, Zwelmbax"]), ([], []))


def test_the_reasons_of_hard_sentences_are_told_in_the_readers_language():
    text = "Die Inanspruchnahme, die Leistung, die Erklärung, die Vorlage und die Bestellung wird gemäß der Leistungsbeschreibung nur nach der Vorlage der Einverständniserklärung durch die Inanspruchnahme der Leistung gewährt."
    rows = clarity(told(numbered(letters([text])))).to_pyarrow()
    [english], [german] = (retold(rows, {}, language)["reasons"].to_pylist()[0] for language in ("en", "de"))
    assert english == "long: 27 words; rare words: Einverständniserklärung; nested: 3 commas; noun style: Bestellung, Einverständniserklärung, Erklärung; passive"
    assert german == "lang: 27 Wörter; seltene Wörter: Einverständniserklärung; verschachtelt: 3 Kommas; Hauptwörter statt Verben: Bestellung, Einverständniserklärung, Erklärung; Passiv"


def test_jargon_is_what_customers_never_say_with_the_contacts_that_follow():
    stiff, plain = letters(["Ihr Bereitstellungsentgelt ist fällig."] * 20), letters(["Ihre Anschlussgebühr ist fällig."] * 20, subject="ben")
    calls = [{"subject": "ada", "kind": "call", "occurred_at": f"2026-03-{at + 1:02}T09:00"} for at in range(0, 20, 2)]
    said = posts(["Die Anschlussgebühr ist mir zu hoch.", "Ich zahle die Anschlussgebühr nicht."] * 15)
    rows = jargon(told(numbered([*stiff, *plain, *calls, *said])), days=1).to_pyarrow().to_pylist()
    assert [(row["word"], row["state"], row["n"], row["customers_n"], row["theirs"]) for row in rows] == [("Bereitstellungsentgelt", "jargon", 20, 0, "Anschlussgebühr")]
    assert (rows[0]["after_word"], rows[0]["after_others"], rows[0]["more_contacts"], rows[0]["extra_contacts"]) == (50.0, 0.0, 50.0, 10.0)
    assert rows[0]["more_low"] > 0


def test_a_few_english_letters_do_not_make_a_german_companys_words_english():
    stiff, english = letters(["Ihr Bereitstellungsentgelt ist fällig."] * 20), letters(["Your contract is about to change."] * 3, subject="ben", language="en")
    said = posts(["Die Anschlussgebühr ist mir zu hoch.", "Ich zahle die Anschlussgebühr nicht.", "It was postponed again."] * 15)
    rows = jargon(told(numbered([*stiff, *english, *said]))).to_pyarrow().to_pylist()
    assert [(row["word"], row["theirs"]) for row in rows if row["state"] == "jargon"] == [("Bereitstellungsentgelt", "Anschlussgebühr")]


def test_allowed_words_and_names_of_customers_are_no_jargon():
    said = posts(["Danke"] * 20)
    stiff = letters(["Guten Tag Frau Xylander, Ihr Bereitstellungsentgelt."] * 20)
    traits = [{"subject": "ada", "known_at": "2026-01-01", "family_name": "Xylander"}]
    settings = Settings(texts=Texts(allowed=("Bereitstellungsentgelt",)))
    assert [row["word"] for row in jargon(told(numbered(stiff + said), traits)).to_pyarrow().to_pylist()] == ["Bereitstellungsentgelt"]
    assert jargon(told(numbered(stiff + said), traits, settings=settings)).to_pyarrow().num_rows == 0
