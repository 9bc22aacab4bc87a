"""The journey map as a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from kundig.report.formats import Formats
from kundig.report.journey.layout import FOOT, GUTTER, HEAD, LABEL, LINE, Column, Lane, Layout, Place, layout
from kundig.report.journey.line import satisfaction_line
from kundig.report.journey.model import Handover, Journey
from kundig.report.journey.ribbons import Ribbon, drawn_flows, ribbons
from kundig.report.journey.spoken import spoken
from kundig.report.phrases import Phrase
from kundig.report.svg import Markup, link, number, picture, tag, words
from kundig.report.text_width import wrapped
from kundig.report.words import CONTACTS, DEPARTMENTS, STAGES, named

Overlay = Literal["handovers", "deviations"]
Addresses = Callable[[str], str | None]

_TITLE = Phrase("Journey map", "Landkarte der Kundenreise")
_WHAT = Phrase(
    "Columns are stages, rows are departments. {touchpoints} touchpoints, {flows} paths between them. The same numbers stand in the table.",
    "Spalten sind Phasen, Zeilen sind Abteilungen. {touchpoints} Kontaktpunkte, {flows} Wege dazwischen. Dieselben Zahlen stehen in der Tabelle.",
)
_ENDS = Phrase("Last step so far", "Bisher letzter Schritt")
_ENDS_NOTE = Phrase("and main reason", "und Hauptgrund")
_ENDS_SHARE = Phrase("share of journeys", "Anteil der Reisen")
_NOBODY = Phrase("No department", "Ohne Abteilung")
_HANDOVER = Phrase("{wait} → {to}", "{wait} → {to}")
_KEPT = Phrase("kept {share}", "gehalten {share}")
_NOTES = 3


def journey_map(
    journey: Journey,
    formats: Formats,
    *,
    width: float = 1304,
    selected: str | None = None,
    overlay: Overlay | None = None,
    href: Addresses = lambda _: None,
    identity: str = "map",
) -> Markup:
    """The map: circles are touchpoints, ribbons are customers who go on, dark tails are where journeys end so far.

    A circle's area follows its contacts, its colour the score; hollow means no score. A ribbon's width follows the
    customers, from `THINNEST` on. Rings with numbers are moments that matter.

    Args:
        journey: what is shown.
        formats: of the reader.
        width: in pixels; many stages make the map wider, so that labels stay readable.
        selected: a touchpoint; all that does not flow into or out of it is dimmed.
        overlay: what stands out instead: passages between departments, or rules of the target journey that are broken.
        href: the address behind a touchpoint.
        identity: of this picture on its page, for its gradients.
    """
    laid = layout(journey, formats, width, notes=_NOTES if overlay == "handovers" else 0)
    shown = ribbons(drawn_flows(journey.flows, selected), laid)
    near = {selected} | {end for ribbon in shown for end in (ribbon.flow.source, ribbon.flow.target) if selected in {ribbon.flow.source, ribbon.flow.target}}
    departments = {place.touchpoint.name: place.touchpoint.department for place in laid.places}

    def lit(ribbon: Ribbon) -> bool:
        if selected is not None:
            return selected in {ribbon.flow.source, ribbon.flow.target}
        return overlay is None or (overlay == "handovers" and departments[ribbon.flow.source] != departments[ribbon.flow.target])

    drawn = [
        _gradients(shown, laid, identity),
        *_ground(laid, formats, journey, overlay),
        *_heads(laid, formats),
        *satisfaction_line(laid, formats),
        tag("g", [_ribbon(ribbon, laid, identity, lit=lit(ribbon), strong=selected is not None and lit(ribbon)) for ribbon in shown], class_="flows", fill="none"),
        *(_rules(journey, laid, formats) if overlay == "deviations" else []),
        *_tails(laid, near if selected else None, identity),
        *(_touchpoint(place, formats, href, dimmed=selected is not None and place.touchpoint.name not in near, chosen=place.touchpoint.name == selected, ground=_ground_of(place, laid)) for place in laid.places),
        *_foot(laid, formats),
    ]
    described = _WHAT.said(formats.language, touchpoints=formats.number(len(journey.touchpoints)), flows=formats.number(len(shown)))
    return picture(drawn, width=laid.width, height=laid.height, title=_TITLE.said(formats.language), description=described, class_="journey-map", links=True)


def _gradients(shown: list[Ribbon], laid: Layout, identity: str) -> Markup:
    steps = {place.touchpoint.name: _token(place) for place in laid.places}
    pieces = [
        tag(
            "linearGradient",
            [tag("stop", offset=0, stop_color=f"var(--{steps[ribbon.flow.source]})"), tag("stop", offset=1, stop_color=f"var(--{steps[ribbon.flow.target]})")],
            id=f"{identity}-f{ribbon.index}", gradientUnits="userSpaceOnUse", x1=ribbon.start[0], y1=ribbon.start[1], x2=ribbon.end[0], y2=ribbon.end[1],
        )
        for ribbon in shown
        if steps[ribbon.flow.source] != steps[ribbon.flow.target]
    ]  # fmt: skip
    fade = tag("linearGradient", [tag("stop", offset=0.25, stop_color="var(--leave)"), tag("stop", offset=1, stop_color="var(--leave)", stop_opacity=0)], id=f"{identity}-exit", x1=0, y1=0, x2=0, y2=1)
    return tag("defs", [*pieces, fade])


def _token(place: Place) -> str:
    score = place.touchpoint.score
    return f"s{score.step}" if score else "rule-2"


def _ground_of(place: Place, laid: Layout) -> str:
    return next("lane" if index % 2 else "surface" for index, lane in enumerate(laid.lanes) if lane.department == place.touchpoint.department)


def _ground(laid: Layout, formats: Formats, journey: Journey, overlay: Overlay | None) -> list[Markup]:
    drawn = [tag("rect", x=0, y=0, width=laid.width, height=laid.height, fill="var(--surface)")]
    for index, lane in enumerate(laid.lanes):
        height = lane.bottom - lane.top if index % 2 else 0
        drawn += [tag("rect", x=0, y=lane.top, width=laid.width, height=height, fill="var(--lane)")] * (index % 2)
    foot = laid.lanes[-1].bottom if laid.lanes else HEAD
    for column in laid.columns[1:]:
        drawn.append(tag("line", x1=column.left - 8, x2=column.left - 8, y1=16, y2=laid.height - 16, stroke="var(--rule)", stroke_dasharray="2 3"))
    for lane in laid.lanes:
        name = named(DEPARTMENTS, lane.department, formats.language) if lane.department else _NOBODY.said(formats.language)
        lines = wrapped(name, GUTTER - 24, 13, 600)
        drawn += [words(line, 14, lane.top + 22 + 15 * row, size=13, weight=600) for row, line in enumerate(lines)]
        if overlay == "handovers":
            drawn += _handed(lane, journey, formats, lane.top + 22 + 15 * len(lines))
    drawn.append(tag("line", x1=0, x2=laid.width, y1=foot + 0.5, y2=foot + 0.5, stroke="var(--rule-2)"))
    return drawn


def _handed(lane: Lane, journey: Journey, formats: Formats, top: float) -> list[Markup]:
    of: list[Handover] = [one for one in journey.handovers if one.source == lane.department][:_NOTES]
    lines = [_HANDOVER.said(formats.language, to=named(DEPARTMENTS, one.target, formats.language), wait=formats.span(one.median_seconds)) for one in of]
    return [words(wrapped(line, GUTTER - 18, 11, most=1)[0], 14, top + 14 * row, size=11, fill="ink-2") for row, line in enumerate(lines)]


def _heads(laid: Layout, formats: Formats) -> list[Markup]:
    drawn = []
    for column in laid.columns:
        room = column.right - column.left - 12
        [name] = wrapped(named(STAGES, column.stage.name, formats.language), room, 13.5, 600, most=1)
        [contacts] = wrapped(CONTACTS.said(formats.language, column.stage.contacts, n=formats.number(column.stage.contacts)), room, 11.5, most=1)
        drawn += [words(name, column.left, 28, size=13.5, weight=600), words(contacts, column.left, 45, size=11.5, fill="ink-2")]
    return drawn


def _ribbon(ribbon: Ribbon, laid: Layout, identity: str, *, lit: bool, strong: bool) -> Markup:
    source, target = laid.place(ribbon.flow.source), laid.place(ribbon.flow.target)
    one, other = _token(source), _token(target)
    stroke = f"var(--{one})" if one == other else f"url(#{identity}-f{ribbon.index})"
    # Thin ribbons, and those without a colour of their own, would not be seen at the opacity of the others.
    usual = 0.38 if ribbon.width > 2.5 and "rule-2" not in {one, other} else 0.6
    opacity = 0.85 if strong else usual if lit else 0.07
    return tag("path", d=ribbon.path, stroke=stroke, stroke_width=ribbon.width, stroke_opacity=opacity, class_="flow", data_from=ribbon.flow.source, data_to=ribbon.flow.target)


def _tails(laid: Layout, near: set[str | None] | None, identity: str) -> list[Markup]:
    drawn = []
    for place in laid.places:
        if not place.exit_width:
            continue
        ring = 6 if place.touchpoint.moment else 2
        outer = place.x - place.radius - ring - 4 - place.exit_width / 2
        long = place.radius + 18
        inner = place.x - place.radius * 0.4
        bend = max((inner - outer) * 0.6, 4)
        half = place.exit_width / 2
        # A filled shape, not a stroke: a gradient fills it from top to bottom in every program that draws SVG.
        path = (
            f"M{number(inner)} {number(place.y - half)} C{number(inner - bend)} {number(place.y - half)} {number(outer - half)} {number(place.y - half)} {number(outer - half)} {number(place.y + half + 5)}"
            f" L{number(outer - half)} {number(place.y + long)} L{number(outer + half)} {number(place.y + long)} L{number(outer + half)} {number(place.y + half + 5)}"
            f" C{number(outer + half)} {number(place.y + half)} {number(inner - bend)} {number(place.y + half)} {number(inner)} {number(place.y + half)} Z"
        )
        dim = near is not None and place.touchpoint.name not in near
        drawn.append(tag("path", d=path, fill=f"url(#{identity}-exit)", opacity=0.15 if dim else None, class_="exit"))
        if place.exit_number:
            x, y, anchor = (outer - half - 4, place.y + 4, "end") if place.beside else (outer, place.box.bottom - 4, "middle")
            drawn.append(words(place.exit_number, x, y, size=11, weight=500, fill="ink-2", anchor=anchor, halo=_ground_of(place, laid), opacity=0.25 if dim else None))
    return drawn


def _touchpoint(place: Place, formats: Formats, href: Addresses, *, dimmed: bool, chosen: bool, ground: str) -> Markup:
    one = place.touchpoint
    drawn = []
    if one.moment:
        drawn.append(tag("circle", cx=place.x, cy=place.y, r=place.radius + 6, fill="var(--brand-soft)", stroke="var(--brand)", stroke_width=1.75))
    elif chosen:
        drawn.append(tag("circle", cx=place.x, cy=place.y, r=place.radius + 5, fill="none", stroke="var(--brand)", stroke_width=2))
    if one.score:
        drawn.append(tag("circle", cx=place.x, cy=place.y, r=place.radius, fill=f"var(--s{one.score.step})", stroke=f"var(--{ground})", stroke_width=2))
    else:
        drawn.append(tag("circle", cx=place.x, cy=place.y, r=place.radius, fill=f"var(--{ground})", stroke="var(--ink-2)", stroke_width=1.5))
    if one.score and place.inside:
        drawn.append(words(place.number, place.x, place.y + 4.2, size=12, weight=700, fill=f"on-s{one.score.step}", anchor="middle"))
    weight = 600 if one.moment or chosen else 500
    for row, line in enumerate(place.label):
        at = place.y + place.radius + (6 if one.moment else 2) + LINE * (row + 1) - 1
        last = row + 1 == len(place.label)
        content = [f"{line} ".lstrip(), tag("tspan", place.number, font_weight=700)] if last and one.score and not place.inside else line
        drawn.append(tag("text", content, x=place.x, y=at, font_size=LABEL, font_weight=weight, fill="var(--ink)", text_anchor="middle", stroke=f"var(--{ground})", stroke_width=3, stroke_linejoin="round", paint_order="stroke"))
    if one.moment:
        x, y = place.x + (place.radius + 6) * 0.72, place.y - (place.radius + 6) * 0.72
        drawn.append(tag("circle", cx=x, cy=y, r=8, fill="var(--brand)", stroke=f"var(--{ground})", stroke_width=1.5))
        drawn.append(words(str(one.moment), x, y + 3.8, size=11, weight=700, fill="on-brand", anchor="middle"))
    return link(drawn, href(one.name), spoken(one, formats), class_="touchpoint" + (" selected" if chosen else ""), data_touchpoint=one.name, opacity=0.28 if dimmed else None, aria_current="true" if chosen else None)


def _rules(journey: Journey, laid: Layout, formats: Formats) -> list[Markup]:
    drawn = []
    for one in journey.deviations:
        source = laid.place(one.step)
        if one.other is None:
            drawn.append(tag("circle", cx=source.x, cy=source.y, r=source.radius + 9, fill="none", stroke="var(--worse)", stroke_width=1.75, stroke_dasharray="3 3"))
            continue
        target = laid.place(one.other)
        x, y = (source.x + target.x) / 2, (source.y + target.y) / 2
        drawn.append(tag("path", d=f"M{number(source.x)} {number(source.y)} L{number(target.x)} {number(target.y)}", fill="none", stroke="var(--worse)", stroke_width=1.75, stroke_dasharray="5 4"))
        drawn.append(words(_KEPT.said(formats.language, share=formats.percent(one.share, 0)), x, y - 5, size=11, weight=600, fill="worse", anchor="middle", halo="surface"))
    return drawn


def _foot(laid: Layout, formats: Formats) -> list[Markup]:
    top = laid.height - FOOT
    reasons = any(column.stage.reason for column in laid.columns)
    note = (_ENDS_NOTE if reasons else _ENDS_SHARE).said(formats.language)
    head = wrapped(_ENDS.said(formats.language), GUTTER - 24, 13, 600)
    drawn = [words(line, 14, top + 26 + 15 * row, size=13, weight=600) for row, line in enumerate(head)]
    drawn.append(words(note, 14, top + 26 + 15 * len(head), size=11.5, fill="ink-2"))
    most = max((column.stage.exits for column in laid.columns), default=0)
    for column in laid.columns:
        drawn += _column_foot(column, formats, top, most)
    return drawn


def _column_foot(column: Column, formats: Formats, top: float, most: int) -> list[Markup]:
    stage, room = column.stage, column.right - column.left - 18
    if not stage.exits:
        return [words("–", column.left, top + 26, size=13, fill="ink-2")]
    text = tag(
        "text",
        [formats.number(stage.exits), tag("tspan", f" · {formats.percent(stage.exit_share, 0)}", font_weight=400, fill="var(--ink-2)", font_size=11.5)],
        x=column.left, y=top + 26, font_size=13, font_weight=600, fill="var(--ink)",
    )  # fmt: skip
    bar = tag("rect", x=column.left, y=top + 37, width=max(room * stage.exits / most, 5.0), height=6, rx=2, fill="var(--leave)")
    reason = [words(line, column.left, top + 60 + 14 * row, size=11.5, fill="ink-2") for row, line in enumerate(wrapped(stage.reason, room, 11.5) if stage.reason else [])]
    return [text, bar, *reason]
