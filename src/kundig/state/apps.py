"""The state as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class State(AppConfig):
    """Its label is in every migration for ever."""

    name = "kundig.state"
    label = "state"
    default_auto_field = "django.db.models.BigAutoField"
