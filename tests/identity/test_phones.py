import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.identity import phones
from kundig.identity.duckdb import engine


def plain(country, *texts):
    with engine() as con:
        return [con.execute(f"SELECT {phones.plain('x', country)} FROM (SELECT ?::VARCHAR AS x)", [text]).fetchone()[0] for text in texts]


def test_the_usual_spellings_are_read_without_the_library():
    assert plain("DE", "+49 171 2345678", "0171/2345678", "0049 171 2345678", "+49 (0)171 2345678", "(0171) 23-45-678") == ["+491712345678"] * 5
    assert plain("DE", "2345678", "tel. 0171 2345678", "1", None, "+39 06 12345678") == [None] * 5


@pytest.mark.parametrize("country", ["DE", "AT", "CH", "GB", "FR"])
@settings(max_examples=60, deadline=None)
@given(st.from_regex(r"(\+(49|43|41|33|44) ?(\(0\))?|0|00(49|43))[ /-]?[1-9][0-9 ]{6,12}", fullmatch=True))
def test_spelling_alone_never_says_something_else_than_the_library(country, text):
    [ours] = plain(country, text)
    [theirs] = phones.numbers([text], country).values()
    if ours is not None and theirs is not None:
        assert ours == theirs
