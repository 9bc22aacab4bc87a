"""As-of and comparison, as an address says them."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kundig.errors import ArgumentError


def as_of(request: HttpRequest, name: str = "as_of") -> str | None:
    """The day whose knowledge is asked for; None is now.

    Raises:
        ArgumentError: it is no day.
    """
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ArgumentError(_("expected a day such as 2026-06-30, found “%(text)s”") % {"text": text}) from None
