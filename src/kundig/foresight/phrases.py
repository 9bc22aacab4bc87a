"""Reasons in words, for a million customers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kundig.foresight.lasso import Numbers
from kundig.foresight.signals import NAMES
from kundig.foresight.words import LESS, WORDS, play, told, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray


def leading(parts: Numbers, most: int) -> NDArray[np.int64]:
    """The signals that add most to each row's log odds, a column a rank; -1 where none adds anything worth telling."""
    order = np.argsort(-parts, axis=1, kind="stable")[:, :most]
    return np.where(np.take_along_axis(parts, order, axis=1) > WORTH, order, -1)


WORTH = 0.02
"""Two per cent on the odds: less is not told."""


def phrases(signals: NDArray[np.int64], x: Numbers, language: str) -> Any:
    """The phrase of one signal a row, with its value, as Arrow text; null where there is none."""
    return _filled(signals, x, {number: NAMES[number] for number in np.unique(signals) if number >= 0}, language)


def plays(signals: NDArray[np.int64], language: str) -> Any:
    """What usually helps against the signal of each row; null where there is none."""
    texts = {number: play(NAMES[number], language) for number in np.unique(signals) if number >= 0}
    return _looked_up(signals, {number: text for number, text in texts.items() if text})


def hooks(signals: NDArray[np.int64]) -> Any:
    """The stable name of what helps against the signal of each row, for playbooks to go by; null where there is none."""
    return _looked_up(signals, {number: WORDS[NAMES[number]].play for number in np.unique(signals) if number >= 0 and WORDS[NAMES[number]].play})


def _filled(signals: NDArray[np.int64], x: Numbers, names: dict[int, str], language: str) -> Any:
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    parts, places = [], []
    for number, name in names.items():
        many, one = told(name, language), told(name, language, one=True)
        rows = np.flatnonzero(signals == number)
        values = np.asarray(x[rows, number], dtype=np.float64)
        below = (values < 0) & (LESS[language][0] in many)
        text, less = _numbers(np.where(below, -values, values), language), pa.array(below)
        whole = pc.if_else(pc.equal(text, "1"), _written(one, text, less, language), _written(many, text, less, language))
        parts.append(pc.if_else(pa.array(np.isfinite(values)), whole, unknown(name, language)))
        places.append(rows)
    return _placed(parts, places, len(signals))


def _written(template: str, text: Any, less: Any, language: str) -> Any:
    """The phrase with each number; where it is less than others, told the other way round."""
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    before, after = template.split("{}")
    return pc.binary_join_element_wise(before, text, pc.if_else(less, after.replace(*LESS[language]), after), "")


def _numbers(values: Numbers, language: str) -> Any:
    """Numbers as people write them: whole if they are large or whole, else with two figures after the point."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    finite = np.where(np.isfinite(values), values, 0.0)
    whole = pc.cast(pa.array(np.rint(finite).astype(np.int64)), pa.string())
    short = pc.cast(pa.array(np.round(finite, 2)), pa.string())
    if language == "de":
        short = pc.replace_substring(short, ".", ",")
    large = (np.abs(finite) >= 10) | (np.abs(finite - np.rint(finite)) < 0.005)  # noqa: PLR2004 -- two figures are enough
    return pc.if_else(pa.array(large), whole, short)


def _looked_up(signals: NDArray[np.int64], texts: dict[int, str]) -> Any:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    places = [np.flatnonzero(signals == number) for number in texts]
    return _placed([pa.array([text] * len(rows), pa.string()) for text, rows in zip(texts.values(), places, strict=True)], places, len(signals))


def _placed(parts: list[Any], places: list[Any], rows: int) -> Any:
    """Pieces of text put to their rows; null elsewhere."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    index = np.full(rows, -1)
    start = 0
    for place in places:
        index[place] = start + np.arange(len(place))
        start += len(place)
    pool = pa.concat_arrays([part.combine_chunks() if isinstance(part, pa.ChunkedArray) else part for part in parts]) if parts else pa.array([], pa.string())
    return pool.take(pa.array(index, mask=index < 0))
