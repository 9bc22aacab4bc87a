"""What readers keep: saved views and dated notes. What can be undone is offered to be undone."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kundig.state.notes import Note
from kundig.state.rights import Right
from kundig.state.saved import SavedView
from kundig.web.access import Asked, page


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]  # at run time it takes none
    """A day and what happened."""

    class Meta:
        model = Note
        fields: ClassVar[list[str]] = ["on", "text"]


class SavedViewForm(forms.ModelForm):  # type: ignore[type-arg]  # at run time it takes none
    """A page's address under a name."""

    class Meta:
        model = SavedView
        fields: ClassVar[list[str]] = ["name", "page", "query", "shared"]

    def clean_page(self) -> str:
        """A page of kundig, and no other."""
        if not url_has_allowed_host_and_scheme(self.cleaned_data["page"], None) or not self.cleaned_data["page"].startswith("/"):
            raise forms.ValidationError(_("This is no page of kundig."))
        return str(self.cleaned_data["page"])


@require_POST
@page(Right.NOTES)
def note_add(request: Asked) -> HttpResponse:
    """Write a note that every chart shows."""
    form = NoteForm(request.POST)
    if form.is_valid():
        note = form.save(commit=False)
        note.person = request.user
        note.save()
        messages.success(request, _("The note is written."), extra_tags=reverse("note-delete", args=[note.pk]))
    else:
        messages.error(request, _("A note needs a day and what happened, in at most 60 characters."))
    return redirect("overview")


@require_POST
@page(Right.NOTES)
def note_delete(request: Asked, note: int) -> HttpResponse:
    """Take a note away; it can be brought back."""
    one = get_object_or_404(Note, pk=note)
    one.deleted = True
    one.save(update_fields=["deleted"])
    messages.success(request, _("The note is gone."), extra_tags=reverse("note-restore", args=[one.pk]))
    return redirect("overview")


@require_POST
@page(Right.NOTES)
def note_restore(request: Asked, note: int) -> HttpResponse:
    """Bring a note back."""
    one = get_object_or_404(Note, pk=note)
    one.deleted = False
    one.save(update_fields=["deleted"])
    messages.success(request, _("The note is back."))
    return redirect("overview")


@require_POST
@page(Right.FIGURES)
def view_save(request: Asked) -> HttpResponse:
    """Keep a page with its filters; the same name replaces."""
    form = SavedViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A view needs a name."))
        return redirect("overview" if "page" in form.errors else form.cleaned_data["page"])
    values = form.cleaned_data
    one, _new = SavedView.objects.update_or_create(person=request.user, page=values["page"], name=values["name"], defaults={"query": values["query"], "shared": values["shared"]})
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": one.name}, extra_tags=reverse("view-delete", args=[one.pk]))
    return redirect(one.url)


@require_POST
@page(Right.FIGURES)
def view_delete(request: Asked, view: int) -> HttpResponse:
    """Let go of a view; only one's own."""
    one = get_object_or_404(SavedView, pk=view, person=request.user)
    back = one.page
    one.delete()
    messages.success(request, _("The view is gone."))
    return redirect(back)
