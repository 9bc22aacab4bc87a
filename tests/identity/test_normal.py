import pytest

from kundig.identity import normal
from kundig.identity.duckdb import engine


def forms(form, *texts):
    with engine() as con:
        return [con.execute(f"SELECT {form('x')} FROM (SELECT ?::VARCHAR AS x)", [text]).fetchone()[0] for text in texts]


def test_a_mailbox_is_the_same_however_it_is_written():
    assert forms(normal.email, " Ada.Berg@Example.DE ", "mailto:ada.berg@example.de", "Ada Berg <ada.berg@example.de>") == ["ada.berg@example.de"] * 3
    assert forms(normal.email, "a.da+shop@googlemail.com", "ada@gmail.com", "ada+shop@example.de") == ["ada@gmail.com", "ada@gmail.com", "ada+shop@example.de"]


def test_what_is_no_mailbox_is_null():
    assert forms(normal.email, None, "", "n/a", "ada", "ada@", "@example.de", "ada@example") == [None] * 7


def test_german_letters_and_titles_make_no_difference_to_a_name():
    assert forms(normal.person, "Prof. Dr. med. Müller-Groß", "MUELLER GROSS", "Frau Müller Groß") == ["mueller gross"] * 3
    assert forms(normal.person, "Renée", "O'Brien", "Иванов", "山田", "—", None) == ["renee", "obrien", "иванов", "山田", None, None]


def test_a_title_alone_stays_because_it_may_be_the_name():
    assert forms(normal.person, "Sir", "Dr.") == ["sir", "dr"]


def test_a_married_name_keeps_the_name_at_birth_apart():
    assert forms(normal.person, "Schmidt geb. Müller", "Schmidt (geborene Müller)", "Gebhardt") == ["schmidt", "schmidt", "gebhardt"]
    assert forms(normal.birth_name, "Schmidt geb. Müller", "Schmidt (geborene Müller)", "Gebhardt", None) == ["mueller", "mueller", None, None]


def test_family_names_are_all_that_are_stated():
    def told(text):
        return normal.family_names(text, normal.person(text))

    assert forms(told, "Schmidt", "Schmidt-Müller", "Schmidt geb. Müller", "Schmidt (geborene Müller)", "von der Berg", "geb. Müller", "-", None) == ["schmidt", "schmidt mueller", "schmidt mueller", "schmidt mueller", "von der berg", "mueller", None, None]


def test_a_name_in_one_text_falls_into_its_parts():
    told = ["Dr. Ada Berg", "Berg, Ada", "Ada Maria von der Berg", "Ada Berg-Lohe", "Ada", "Prof. Dr. Berg, Ada", None]
    assert forms(normal.family, *told) == ["berg", "berg", "von der berg", "berg lohe", "ada", "berg", None]
    assert forms(normal.given, *told) == ["ada", "ada", "ada maria", "ada", None, "ada", None]


def test_a_street_is_the_same_however_it_is_written():
    assert forms(normal.street, "Hauptstr. 5a", "Hauptstraße 5 a", "HAUPT-STRASSE 5A", "Haupt Str 5 A") == ["hauptstr 5a"] * 4
    assert forms(normal.street, "Am Markt 3", "Marktplatz 3-5", "Markt Pl. 3 – 5", "12 Mill Street", None) == ["ammarkt 3", "marktpl 3 5", "marktpl 3 5", "12 mill str", None]


def test_a_day_is_read_in_the_usual_spellings_and_a_day_that_never_was_is_null():
    assert forms(normal.birth_date, "1990-03-07", "19900307", "07.03.1990", "7/3/1990", "1990-03-07T00:00:00", "03/25/1990") == ["1990-03-07"] * 5 + ["1990-03-25"]
    assert forms(normal.birth_date, "1990-02-31", "yesterday", "", None, "00.00.0000") == [None] * 5


def test_transposed_day_and_month_are_one_day_either_way():
    assert forms(normal.day_either_way, "1990-03-07", "1990-07-03", "1990-03-25", None) == ["1990-03-07", "1990-03-07", "1990-03-25", None]


def test_a_company_is_known_without_its_legal_form():
    assert forms(normal.company, "Nordwind GmbH & Co. KG", "NORDWIND AG", "Nordwind e.K.", "Nordwind UG (haftungsbeschränkt)", "Nordwind, Inc.") == ["nordwind"] * 5
    assert forms(normal.company, "Müller & Söhne OHG", "Mueller und Soehne", "AG", None) == ["mueller soehne", "mueller soehne", "ag", None]


@pytest.mark.parametrize("form", normal.FORMS.values(), ids=normal.FORMS.keys())
def test_no_text_breaks_a_normal_form(form):
    forms(form, None, "", " ", "\x00", "'", "%_\\", "💥", "ß" * 500, "(((", "０１２", "ا ب", "a\nb", "1" * 400)
