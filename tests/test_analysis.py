import datetime as dt

import pyarrow as pa
import pytest

from kundig.analysis import Analysis, Argument, analyses, analysis, described, result
from kundig.errors import ArgumentError
from kundig.settings import Settings

UTC = dt.timezone.utc


def sums(journal, *, width: int = 3, kind: str | None = None, deep: bool = False, share: float = 0.5):
    """How wide is it?

    It is as wide as it is,
    and no wider.

    Args:
        width: how wide,
            in metres
        kind: which kind

    Columns:
        n: how many

    Order:
        none
    """


def test_an_analysis_is_drawn_from_its_docstring_and_signature():
    found = described("room.sums", sums)
    assert (found.question, found.definition, found.columns, found.order) == ("How wide is it?", "It is as wide as it is, and no wider.", {"n": "how many"}, "none")
    assert [(a.name, a.type, a.optional, a.default, a.meaning) for a in found.arguments] == [
        ("width", int, False, 3, "how wide, in metres"),
        ("kind", str, True, None, "which kind"),
        ("deep", bool, False, False, ""),
        ("share", float, False, 0.5, ""),
    ]


def test_what_the_company_settled_stands_under_the_answer():
    settings = Settings.model_validate({"contracts": {"pauses": "lost", "price_rise": ["Preisanpassung", "Index"]}, "rates": {"USD": "0.92"}, "points": {"tiers": {"gold": {"points": 200}}}})
    settled = analysis("value.retention").settled(settings)
    assert {key: settled[key] for key in ("company.currency", "rates", "contracts.end", "contracts.pauses", "contracts.price_rise")} == {
        "company.currency": "EUR", "rates": "USD: 0.92", "contracts.end": "service", "contracts.pauses": "lost", "contracts.price_rise": "Preisanpassung, Index",
    }  # fmt: skip
    assert analysis("value.points_ledger").settled(settings)["points"] == "tiers gold: points 200.0"
    assert analysis("journeys.flows").settled(settings) == {}


def test_text_from_a_command_line_becomes_the_arguments_type():
    found = described("room.sums", sums)
    assert found.values({"width": "7", "kind": "", "deep": "yes", "share": "0.25"}) == {"width": 7, "kind": None, "deep": True, "share": 0.25}


@pytest.mark.parametrize(("given", "message"), [
    ({"widht": 1}, r"room.sums has no argument --widht; did you mean '--width'\?"),
    ({"width": "wide"}, "--width expects a whole number, found 'wide'"),
    ({"deep": "maybe"}, "--deep expects yes or no, found 'maybe'"),
    ({"share": "half"}, "--share expects a number, found 'half'"),
    ({"width": None}, "--width needs a value"),
])  # fmt: skip
def test_wrong_arguments_are_answered_in_words(given, message):
    with pytest.raises(ArgumentError, match=message):
        described("room.sums", sums).values(given)


def test_a_wrong_choice_names_the_right_ones():
    with pytest.raises(ArgumentError, match="--metric does not know 'npz'; did you mean 'nps'"):
        analysis("feedback.scores").values({"metric": "npz"})


def test_a_choice_of_numbers_is_taken_from_text_as_well():
    """A horizon of 30 days is asked for on a command line and on a page."""
    horizon = Argument("horizon", int, (30, 90, 180), optional=False, default=90, meaning="")
    assert [horizon.value("30"), horizon.value(180)] == [30, 180]
    with pytest.raises(ArgumentError, match="--horizon does not know '45'; .*30"):
        horizon.value("45")


def test_every_analysis_takes_its_own_defaults_as_text():
    """A page sends all arguments back as it showed them."""
    shown = {(of.name, argument.name): argument for of in analyses().values() for argument in of.arguments if argument.default is not None}
    assert {key: argument.value(str(argument.default)) for key, argument in shown.items()} == {key: argument.default for key, argument in shown.items()}


def test_an_analysis_is_found_by_its_short_name_and_a_wrong_one_by_its_nearest():
    assert analysis("scores") is analyses()["feedback.scores"]
    with pytest.raises(ArgumentError, match="did you mean 'journeys.flows'"):
        analysis("journey.flow")


@pytest.mark.parametrize(("text", "expected"), [
    ("2026-06-30", dt.datetime(2026, 6, 30, 21, 59, 59, 999999, UTC)),
    ("2026-06-30T12:00", dt.datetime(2026, 6, 30, 10, 0, tzinfo=UTC)),
    ("2026-06-30T12:00+00:00", dt.datetime(2026, 6, 30, 12, 0, tzinfo=UTC)),
    (dt.datetime(2026, 1, 1, 12, tzinfo=UTC), dt.datetime(2026, 1, 1, 12, tzinfo=UTC)),
])  # fmt: skip
def test_a_date_means_its_end_on_the_companys_clock(text, expected):
    assert Analysis.moment(text, "Europe/Berlin") == expected


def test_a_wrong_date_says_what_a_date_is():
    with pytest.raises(ArgumentError, match="--as-of expects a date such as 2026-06-30 or a time such as 2026-06-30T12:00, found 'gestern'"):
        Analysis.moment("gestern", "UTC")


def test_an_answer_without_rows_says_what_would_give_some():
    [said] = result(analysis("value.customer_roi"), {}, None, pa.table({"n": pa.array([], "int64")})).notes
    assert said == "There is nothing to answer from: no event of kind `goal` tells what was agreed with a customer."
    [said] = result(analysis("journeys.flows"), {}, None, pa.table({"n": pa.array([], "int64")})).notes
    assert said == "There is nothing to answer from: no event fits the question."
