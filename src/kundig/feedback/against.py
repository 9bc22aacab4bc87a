"""What scores stand beside: targets, benchmarks, and what happened when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kundig.feedback.answers import KEYS
from kundig.statistics.tails import discoveries, two_sided

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.settings import Annotation, Benchmark, ScoreTarget


def targeted(figures: ir.Table, targets: Sequence[ScoreTarget], metric: str, by: str | None, alpha: float) -> ir.Table:
    """`figures` with the target of each group and whether it is met."""
    known = _known(targets, metric, by)
    if not known:
        return figures.mutate(target=_stated(figures, [], "float64"), target_verdict=_stated(figures, [], "string"))
    return _compared(figures.mutate(target=_stated(figures, [(group, one.score) for group, one in known], "float64")), "target", ("met", "missed"), alpha)


def benchmarked(figures: ir.Table, benchmarks: Sequence[Benchmark], metric: str, by: str | None, alpha: float) -> ir.Table:
    """`figures` with the benchmark of each group, its source, and on which side of it the score is."""
    known = _known(benchmarks, metric, by)
    whole = figures.mutate(
        benchmark=_stated(figures, [(group, one.score) for group, one in known], "float64"),
        benchmark_source=_stated(figures, [(group, one.source) for group, one in known], "string"),
    )
    if not known:
        return whole.mutate(benchmark_verdict=_stated(figures, [], "string"))
    return _compared(whole, "benchmark", ("above", "below"), alpha)


def annotated(figures: ir.Table, annotations: Sequence[Annotation], by: str | None, following: Any) -> Any:
    """What happened in the period of each row, as one text."""
    import ibis  # noqa: PLC0415 -- slow import

    if following is None:
        return ibis.null("string")
    text = ibis.literal("")
    for one in sorted(annotations, key=lambda annotation: (annotation.on, annotation.text)):
        of = next(((name, value) for name in ("touchpoint", "department") if (value := getattr(one, name)) is not None), None)
        if of is not None and of[0] != by:
            continue
        day = ibis.literal(one.on, type="date")
        here = (figures.period <= day) & (day < following)
        if of is not None:
            here = here & (figures.group == of[1])
        said = f"{one.on}: {one.text}"
        text = ibis.ifelse(here.fill_null(False), ibis.ifelse(text == "", said, text + "; " + said), text)  # noqa: FBT003 -- the value of a column
    return text.nullif("")


def _known(stated: Sequence[Any], metric: str, by: str | None) -> list[tuple[str | None, Any]]:
    """What is stated of the metric for this split: by the group's name, or without one for the company as a whole."""
    ours = [one for one in stated if one.metric == metric]
    if by is None:
        return [(None, one) for one in ours if one.of is None]
    return [(one.of[1], one) for one in ours if one.of is not None and one.of[0] == by]


def _stated(figures: ir.Table, values: list[tuple[str | None, Any]], kind: str) -> Any:
    import ibis  # noqa: PLC0415 -- slow import

    value = ibis.null(kind)
    # The one that stands first counts.
    for group, one in reversed(values):
        value = ibis.literal(one, type=kind) if group is None else ibis.ifelse((figures.group == group).fill_null(False), ibis.literal(one, type=kind), value)  # noqa: FBT003 -- the value of a column
    return value


def _compared(figures: ir.Table, of: str, words: tuple[str, str], alpha: float) -> ir.Table:
    import ibis  # noqa: PLC0415 -- slow import

    asked = figures.mutate(off=(figures.centre - figures[of]) / figures.variance.sqrt().nullif(0.0))
    whole = discoveries(asked.mutate(off_p=two_sided(asked.off)), "off_p", "off_q", list(KEYS))
    sure = whole.off_q <= alpha
    verdict = ibis.cases(
        ((whole.off > 0) & sure, words[0]),
        ((whole.off < 0) & sure, words[1]),
        (whole[of].notnull() & whole.score.notnull(), "may be chance"),
        else_=ibis.null("string"),
    )
    return whole.mutate(**{f"{of}_verdict": verdict}).drop("off", "off_p", "off_q")
