"""The map as a picture: every number in it can be read, heard, and followed."""

from __future__ import annotations

from kundig.report.formats import Formats
from kundig.report.journey import journey_list, journey_map, journey_table, legend
from tests.report.drawn import SVG, links, texts, tree
from tests.report.journey.people import small

DE, EN = Formats("de"), Formats("en")


def test_all_that_the_map_says_in_german():
    assert texts(journey_map(small(moments=("hotline",)), DE)) == [
        "Marketing", "Vertrieb", "Service",
        "Entdecken", "4 Kontakte", "Kaufen", "3 Kontakte", "Hilfe holen", "1 Kontakt",
        "Zufriedenheit", "mit 95-%-Bereich", "gestrichelt: vorher", "–", "82", "31",
        "1", "2",
        "Website", "82", "Bestellung", "31", "Anruf", "1",
        "Bisher letzter", "Schritt", "Anteil der Reisen", "1 · 25\u00a0%", "2 · 50\u00a0%", "–",
    ]  # fmt: skip


def test_every_touchpoint_is_a_link_that_says_all_of_itself():
    assert links(journey_map(small(moments=("hotline",)), EN, href=lambda name: f"/journey?tp={name}")) == [
        ("/journey?tp=web", "Website (Discover, Marketing); 4 contacts; no score; last step so far of 1 journey"),
        ("/journey?tp=shop", "Bestellung (Buy, Sales); 3 contacts; Satisfaction (CSAT) 82, very good (75–88, n 40); last step so far of 2 journeys"),
        ("/journey?tp=hotline", "Anruf (Get help, Service); moment that matters, number 1; 1 contact; Satisfaction (CSAT) 31, very low (22–41, n 40)"),
    ]


def test_a_touchpoint_without_score_is_hollow():
    circles = {node.get("data-touchpoint"): next(node.iter(f"{SVG}circle")).get("fill") for node in tree(journey_map(small(), DE)).iter(f"{SVG}g") if node.get("data-touchpoint")}
    assert circles == {"web": "var(--surface)", "shop": "var(--s5)", "hotline": "var(--s1)"}


def test_ribbons_run_from_colour_to_colour_and_the_widest_lies_lowest():
    paths = [node for node in tree(journey_map(small(), DE)).iter(f"{SVG}path") if node.get("class") == "flow"]
    assert [(path.get("data-from"), path.get("data-to"), path.get("stroke")) for path in paths] == [("web", "shop", "url(#map-f0)"), ("hotline", "shop", "url(#map-f1)"), ("shop", "hotline", "url(#map-f2)")]
    assert [float(path.get("stroke-width")) for path in paths] == [15.0, 7.5, 7.5]


def test_a_selection_dims_all_that_does_not_touch_it():
    svg = tree(journey_map(small(), DE, selected="hotline"))
    assert {node.get("data-touchpoint"): node.get("opacity") for node in svg.iter(f"{SVG}g") if node.get("data-touchpoint")} == {"web": "0.28", "shop": None, "hotline": None}
    assert {(node.get("data-from"), node.get("data-to")): node.get("stroke-opacity") for node in svg.iter(f"{SVG}path") if node.get("class") == "flow"} == {
        ("web", "shop"): "0.07", ("hotline", "shop"): "0.85", ("shop", "hotline"): "0.85",
    }  # fmt: skip


def test_handovers_stand_under_their_department():
    said = texts(journey_map(small(), DE, overlay="handovers"))
    assert [text for text in said if "→" in text] == ["2 Tage → Vertrieb", "3 Tage → Service", "4 Tage → Vertrieb"]


def test_broken_rules_are_drawn_between_their_touchpoints():
    rows = [{"rule": "response(web, shop)", "violated": 1, "share": 0.5}]
    assert "gehalten 50\u00a0%" in texts(journey_map(small(deviations=rows), DE, overlay="deviations"))


def test_two_maps_on_a_page_share_no_identity():
    ids = [node.get("id") for name in ("a", "b") for node in tree(journey_map(small(), DE, identity=name)).iter() if node.get("id")]
    assert len(ids) == len(set(ids))


def test_the_table_has_the_same_numbers():
    assert journey_table(small(), DE).rows == (
        ("Entdecken", "Website", "Marketing", "–", "4", "–", "–", "–", "1"),
        ("Kaufen", "Bestellung", "Vertrieb", "selim", "3", "82", "75–88", "40", "2"),
        ("Hilfe holen", "Anruf", "Service", "–", "1", "31", "22–41", "40", "0"),
    )


def test_the_list_for_narrow_screens_goes_stage_by_stage():
    root = tree(journey_list(small(moments=("shop",)), DE, href=lambda name: f"/tp/{name}"))
    assert [("".join(stage.find("h3").itertext()), [("".join(item.itertext()), item.find("a").get("href")) for item in stage.find("ul")]) for stage in root] == [
        ("Entdecken 4 Kontakte", [("– Website Marketing · 4 Kontakte · 1 endet hier", "/tp/web")]),
        ("Kaufen 3 Kontakte", [("82 1 Bestellung Vertrieb · 3 Kontakte · 2 enden hier", "/tp/shop")]),
        ("Hilfe holen 1 Kontakt", [("31 Anruf Service · 1 Kontakt", "/tp/hotline")]),
    ]


def test_the_legend_names_moments_only_where_there_are_some():
    assert "Entscheidender Moment" in texts(legend(DE, moments=True))
    assert "Entscheidender Moment" not in texts(legend(DE))


def test_names_are_escaped():
    lived = small()
    assert "<b>" not in journey_map(lived, DE, href=lambda _: '"><b>')
