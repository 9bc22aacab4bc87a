"""The list of customers: search, filters, order and pages, on the answer that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from kundig.web.searching import fitting

if TYPE_CHECKING:
    import pyarrow as pa

SORTS: Mapping[str, Any] = {
    "-monthly": _("Highest revenue"),
    "-last_at": _("Last seen"),
    "-n": _("Most events"),
    "name": _("Name"),
    "nps": _("Lowest NPS answer"),
    "-open_cases": _("Most open cases"),
}
STATES: Mapping[str, Any] = {
    "contract": _("with a contract"),
    "left": _("left"),
    "cases": _("with open cases"),
    "detractors": _("detractors"),
    "promoters": _("promoters"),
}
MANY = 12


@dataclass(frozen=True)
class Listing:
    """One page of a list."""

    rows: list[dict[str, Any]]
    count: int
    page: int
    pages: int

    @property
    def before(self) -> str:
        """The page before, as an address has it."""
        return str(self.page - 1)

    @property
    def after(self) -> str:
        """The page after."""
        return str(self.page + 1)


def found(directory: pa.Table, given: Mapping[str, Any], members: pa.Table | None) -> pa.Table:
    """The customers that fit, in order.

    Args:
        directory: of `customers.directory`.
        given: `q`, `segment`, `city`, `state` and `sort` of the address.
        members: of `customers.behind`, to keep those alone; their `n` is then that of the figure.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    rows = directory
    if members is not None:
        counted = members.select(["customer_id", "n"]).rename_columns(["customer_id", "behind"])
        rows = rows.join(counted, "customer_id", join_type="right outer")
        # Somebody may be behind a figure of whom no source says who it is.
        rows = rows.set_column(rows.column_names.index("name"), "name", pc.coalesce(rows["name"], rows["customer_id"]))
    words = str(given.get("q", "")).split()
    if words:
        rows = fitting(rows, words, kept=rows is directory)
    for name in ("segment", "city", "product"):
        if given.get(name):
            rows = rows.filter(pc.fill_null(pc.equal(rows[name], given[name]), fill_value=False))
    state = str(given.get("state", ""))
    if state in STATES:
        condition = {
            "contract": lambda: pc.is_valid(rows["monthly"]),
            "left": lambda: pc.is_valid(rows["left_at"]),
            "cases": lambda: pc.greater(rows["open_cases"], 0),
            "detractors": lambda: pc.less_equal(rows["nps"], 6),
            "promoters": lambda: pc.greater_equal(rows["nps"], 9),
        }[state]()
        rows = rows.filter(pc.fill_null(condition, fill_value=False))
    sort = given.get("sort") if given.get("sort") in SORTS else "-monthly"
    keys = [(str(sort).removeprefix("-"), "descending" if str(sort).startswith("-") else "ascending"), ("n", "descending"), ("name", "ascending"), ("customer_id", "ascending")]
    order = pc.sort_indices(rows, sort_keys=[(key, way) for place, (key, way) in enumerate(keys) if key not in dict(keys[:place])])
    return pa.table(rows.take(order))


def listed(rows: pa.Table, page: str, size: int) -> Listing:
    """One page of the rows; a page beyond the last is the last."""
    pages = max(-(-rows.num_rows // size), 1)
    number = min(max(int(page), 1), pages) if page.isdigit() else 1
    return Listing(rows.slice((number - 1) * size, size).to_pylist(), rows.num_rows, number, pages)


def options(directory: pa.Table) -> dict[str, list[str]]:
    """What can be filtered by; only fields with few values are a menu."""
    import pyarrow.compute as pc  # noqa: PLC0415 -- slow import

    values = {name: sorted(value for value in pc.unique(directory[name]).to_pylist() if value) for name in ("segment", "product")}
    return {name: found for name, found in values.items() if 1 < len(found) <= MANY}
