"""What is to heed with an answer that its rows do not say: money that could not be counted, answers that there are to another metric, and who reads moods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pyarrow as pa

    from kundig.analysis import Analysis

UNCOUNTED = "Amounts in a currency without a rate are not counted: `value.contract_faults` names each; give the rates under `rates` in kundig.yaml."
NEGATIVE = "Negative amounts of contracts are not counted: the one before goes on. `value.contract_faults` names each."

UNTAUGHT = (
    "Moods are read by the model that comes with kundig, which has seen no text of this company: of a strange subject it is right in about six of ten, and its shares lean to the middle. "
    "`kundig read --learn` teaches one of your own."
)


def heed(asked: Analysis, values: Mapping[str, Any], rows: pa.Table, told: Callable[[str, Callable[..., Any]], pa.Table]) -> tuple[str, ...]:
    """The notes beside an answer.

    Args:
        asked: the analysis.
        values: its arguments.
        rows: the answer.
        told: the rows of a function of the same journal, under a name.
    """
    return (*_uncounted(asked, told), *_answered(values, rows, told), *_untaught(asked, rows, told))


def _uncounted(asked: Analysis, told: Callable[[str, Callable[..., Any]], pa.Table]) -> Iterator[str]:
    """Of money, that not all of it could be counted; the analysis that names what could not says it itself."""
    if "rates" not in asked.settles or asked.name == "value.contract_faults":
        return
    from kundig.value.money import uncounted  # noqa: PLC0415 -- slow import, and most answers are not about money

    [found] = told("value.uncounted", uncounted).to_pylist()
    if found["n"]:
        yield UNCOUNTED
    if found["negative"] and "contracts.end" in asked.settles:
        yield NEGATIVE


def _answered(values: Mapping[str, Any], rows: pa.Table, told: Callable[[str, Callable[..., Any]], pa.Table]) -> Iterator[str]:
    """Of a metric to which nobody answered, to which others somebody did."""
    if rows.num_rows or "metric" not in values:
        return
    from kundig.feedback.metrics import SCALES, answered  # noqa: PLC0415 -- slow import, and most answers hold something

    for row in told("feedback.answered", answered).to_pylist():
        if row["metric"] in SCALES and row["metric"] != values["metric"]:
            yield f"There are answers to {row['metric']}: {row['n']:,}."


def _untaught(asked: Analysis, rows: pa.Table, told: Callable[[str, Callable[..., Any]], pa.Table]) -> Iterator[str]:
    """Of moods, that no label of the company has taught who reads them."""
    if not rows.num_rows or not ("mood" in asked.columns or asked.name == "feedback.moods"):
        return
    from kundig.said import untaught  # noqa: PLC0415 -- slow import, and most answers are not about texts

    [found] = told("said.untaught", untaught).to_pylist()
    if found["n"]:
        yield UNTAUGHT
