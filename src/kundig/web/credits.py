"""What reaches the browser and was made by others, with its licence."""

from __future__ import annotations

from importlib.metadata import version

CREDITS = (
    ("htmx", "2", "0BSD", "htmx.org"),
    ("django-htmx", version("django-htmx"), "MIT", "Adam Johnson"),
    ("Instrument Sans", version("fontpkg-instrument-sans"), "SIL Open Font License 1.1", "Rodrigo Fuenzalida, Jordan Egstad"),
    ("Newsreader", version("fontpkg-newsreader"), "SIL Open Font License 1.1", "Production Type"),
    ("Django", version("django"), "BSD-3-Clause", "Django Software Foundation"),
)
