"""Who may see a page: every view says which right it asks for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from kundig.state.people import Person
from kundig.state.rights import Right


class Asked(HttpRequest):
    """A request of somebody who is logged in."""

    user: Person


View = Callable[..., Any]
P = ParamSpec("P")


def page(right: Right | None) -> Callable[[Callable[Concatenate[Asked, P], HttpResponse]], View]:
    """A view for those who have a right; None is for everybody who is logged in."""

    def decorated(view: Callable[Concatenate[Asked, P], HttpResponse]) -> View:
        @wraps(view)
        def checked(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if right is not None and not request.user.may(right):
                raise PermissionDenied(right)
            return view(request, *args, **kwargs)

        checked.right = right  # type: ignore[attr-defined]  # the access matrix reads it
        return checked

    return decorated
