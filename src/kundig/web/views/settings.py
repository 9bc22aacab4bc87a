"""Settings: one's own, and the people who may log in."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth import password_validation, update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from kundig.state.people import LastAdministratorError, Person, keep_an_administrator
from kundig.state.rights import RIGHTS, Right
from kundig.web import reader
from kundig.web.access import Asked, page
from kundig.web.credits import CREDITS
from kundig.web.desk import desk


class OwnForm(forms.ModelForm):  # type: ignore[type-arg]  # at run time it takes none
    """Name, language, colours."""

    class Meta:
        model = Person
        fields: ClassVar[list[str]] = ["name", "language", "theme"]


class PasswordForm(forms.Form):
    """A new password, with the old one."""

    old = forms.CharField(label=_("Present password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new = forms.CharField(label=_("New password"), help_text=_("At least twelve characters."), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.person = person

    def clean_old(self) -> str:
        """Whoever changes it knows the old one."""
        if not self.person.check_password(self.cleaned_data["old"]):
            raise forms.ValidationError(_("This is not the present password."))
        return str(self.cleaned_data["old"])

    def clean_new(self) -> str:
        """Long enough, and not among those everybody tries."""
        password_validation.validate_password(self.cleaned_data["new"], self.person)
        return str(self.cleaned_data["new"])


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # at run time it takes none
    """Somebody who may log in."""

    password = forms.CharField(label=_("Password"), required=False, help_text=_("At least twelve characters. Empty leaves it as it is."), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    class Meta:
        model = Person
        fields: ClassVar[list[str]] = ["name", "login", "role", "department", "language", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        known = sorted({entry.department for entry in desk().workspace.config.touchpoints.values() if entry.department})
        self.fields["department"] = forms.ChoiceField(
            label=_("Department"), required=False, help_text=self.fields["department"].help_text, choices=[("", _("the whole company")), *((name, reader.department(name)) for name in known)],
        )  # fmt: skip
        if self.instance.pk is None:
            self.initial["language"] = desk().workspace.config.company.language
            self.fields["password"].required = True
            self.fields["password"].help_text = _("At least twelve characters.")

    def clean_password(self) -> str:
        """Long enough, and not among those everybody tries."""
        password = str(self.cleaned_data["password"])
        if password:
            password_validation.validate_password(password, self.instance)
        return password

    def clean(self) -> dict[str, Any]:
        """Somebody remains who can let people in."""
        cleaned = super().clean() or {}
        if self.instance.pk and "role" in cleaned:
            changed = Person(pk=self.instance.pk, role=cleaned["role"], is_active=cleaned.get("is_active", False))
            try:
                keep_an_administrator(changed)
            except LastAdministratorError:
                raise forms.ValidationError(_("This is the last administrator. Make somebody else one first.")) from None
        return cleaned

    def save(self, commit: bool = True) -> Person:
        """With the password, if one was given."""
        person = super().save(commit=False)
        if self.cleaned_data["password"]:
            person.set_password(self.cleaned_data["password"])
        if commit:
            person.save()
        return person


@page(None)
def settings_page(request: Asked) -> HttpResponse:
    """One's own name, language, colours and password."""
    own = OwnForm(request.POST if "own" in request.POST else None, instance=Person.objects.get(pk=request.user.pk), label_suffix="")
    password = PasswordForm(request.user, request.POST if "new" in request.POST else None)
    if "own" in request.POST and own.is_valid():
        own.save()
        messages.success(request, _("Saved."))
        return redirect("settings")
    if "new" in request.POST and password.is_valid():
        request.user.set_password(password.cleaned_data["new"])
        request.user.save(update_fields=["password"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("The password is changed; other sessions are ended."))
        return redirect("settings")
    return render(request, "kundig/settings.html", {"own": own, "password": password}, status=422 if request.method == "POST" else 200)


@page(Right.PEOPLE)
def people(request: Asked) -> HttpResponse:
    """Who may log in, and as what."""
    rights = [(role, [right.value for right in Right if right in having]) for role, having in RIGHTS.items()]
    return render(request, "kundig/people.html", {"people": Person.objects.all(), "rights": rights, "every": [right.value for right in Right]})


@page(Right.PEOPLE)
def person(request: Asked, person: int | None = None) -> HttpResponse:
    """Let somebody in, or change what they may."""
    one = get_object_or_404(Person, pk=person) if person is not None else None
    form = PersonForm(request.POST or None, instance=one)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("%(name)s is saved.") % {"name": saved.name})
        return redirect("settings-people")
    return render(request, "kundig/person.html", {"form": form, "one": one}, status=422 if request.method == "POST" else 200)


@page(None)
def about(request: Asked) -> HttpResponse:
    """What kundig is made of, and under which licences."""
    return render(request, "kundig/about.html", {"credits": CREDITS})
