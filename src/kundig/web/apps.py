"""The pages as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class Web(AppConfig):
    """It holds no tables: those are the state's."""

    name = "kundig.web"
    label = "web"
