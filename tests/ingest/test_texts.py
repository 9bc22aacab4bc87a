"""Texts are read once, again only by another model, and their own ratings teach."""

import kundig

COMPANY = """
company: {name: Nord, language: de}
sources:
  posts:
    read: {csv: "posts*.csv"}
    key: id
    events: {kind: feedback, subject: "c:{who}", at: at, metric: stars, score: stars, text: text}
  letters:
    read: {csv: letters.csv}
    key: id
    events: {kind: letter, subject: "c:{who}", at: at, text: text}
"""


def company(folder, more=""):
    (folder / "kundig.yaml").write_text(COMPANY + more)
    rows = [f"{at},ada,2026-03-01 10:00,{1 + 4 * (at % 2)},{('Furchtbar und nie wieder', 'Sehr gut und vielen Dank')[at % 2]} {at % 6}" for at in range(12)]
    (folder / "posts.csv").write_text("\n".join(["id,who,at,stars,text", *rows]))
    (folder / "letters.csv").write_text("id,who,at,text\n1,ada,2026-03-01 10:00,Ihr Vertrag\n")
    workspace = kundig.open(folder)
    list(workspace.imports())
    return workspace


def test_each_text_of_customers_is_read_once_and_letters_are_not(tmp_path):
    workspace = company(tmp_path)
    assert [(done.read, done.known) for done in (workspace.read(), workspace.read())] == [(6, 0), (0, 6)]
    moods = workspace.journal.readings.group_by("mood").agg(n=lambda table: table.count()).order_by("mood").to_pyarrow().to_pylist()
    assert moods == [{"mood": "negative", "n": 3}, {"mood": "positive", "n": 3}]
    assert workspace.journal.readings.count().execute() == 6


def test_only_new_texts_are_read_and_another_theme_needs_no_new_vectors(tmp_path):
    workspace = company(tmp_path)
    workspace.read()
    (tmp_path / "posts2.csv").write_text("id,who,at,stars,text\n99,ben,2026-03-02 10:00,3,Etwas Neues\n")
    list(workspace.imports())
    assert (workspace.read().read, workspace.read().read) == (1, 0)
    pinned = company(tmp_path, "texts: {themes: {Neues: {words: [neues]}}}\n")
    done = pinned.read()
    assert (done.read, done.kept_vectors, pinned.read().read) == (7, 7, 0)
    rows = pinned.journal.readings.filter(lambda table: table.categories == "Neues")
    assert (rows.count().execute(), pinned.journal.readings.count().execute()) == (1, 7)


def test_too_few_ratings_teach_nothing(tmp_path):
    assert company(tmp_path).learn() == {"mood": None, "about us": None}
