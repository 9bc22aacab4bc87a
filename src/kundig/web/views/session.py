"""Coming in and going out, and how a page looks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from kundig.state import attempts
from kundig.state.people import Language, Theme
from kundig.web.access import Asked, page


class LoginForm(forms.Form):
    """Login and password."""

    login = forms.CharField(label=_("Login"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}))
    password = forms.CharField(label=_("Password"), max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


def login_page(request: HttpRequest) -> HttpResponse:
    """Come in; who fails too often waits."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    if request.user.is_authenticated:
        return redirect(target)
    form = LoginForm(request.POST or None, label_suffix="")
    status = 200
    if request.method == "POST" and form.is_valid():
        name, address = form.cleaned_data["login"], str(request.META.get("REMOTE_ADDR", ""))
        if attempts.must_wait(name, address):
            form.add_error(None, _("Too many attempts. Wait a quarter of an hour, or ask an administrator."))
            status = 429
        else:
            person: Any = authenticate(request, username=name, password=form.cleaned_data["password"])
            if person is not None:
                attempts.succeeded(name)
                login(request, person)
                return redirect(target)
            attempts.failed(name, address)
            form.add_error(None, _("This login and password do not go together."))
            status = 422
    return render(request, "kundig/login.html", {"form": form, "next": target}, status=status)


@require_POST
def logout_page(request: HttpRequest) -> HttpResponse:
    """Go out."""
    logout(request)
    return redirect("login")


@require_POST
@page(None)
def look(request: Asked) -> HttpResponse:
    """Change language or colours, from any page."""
    person = request.user
    if request.POST.get("language") in Language.values:
        person.language = request.POST["language"]
    if request.POST.get("theme") in Theme.values:
        person.theme = request.POST["theme"]
    person.save(update_fields=["language", "theme"])
    back = request.POST.get("next", "/")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")


def health(request: HttpRequest) -> HttpResponse:
    """Whether the process answers; for those who watch it."""
    del request
    return HttpResponse("ok\n", content_type="text/plain")
