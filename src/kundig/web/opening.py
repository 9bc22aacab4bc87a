"""What a first run does before the first page: translations, static files, tables, an administrator."""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

from kundig.errors import KundigError
from kundig.web.place import HERE, Place


@dataclass(frozen=True)
class Opened:
    """A workspace that is ready to serve; the password is there once, when the administrator was made here."""

    place: Place
    login: str | None
    password: str | None


def opened(folder: Path) -> Opened:
    """Make the workspace ready to serve, and Django with it; done before, it takes no time.

    Raises:
        KundigError: the database cannot be reached, or belongs to a newer kundig.
    """
    return administered(set_up(folder))


def set_up(folder: Path) -> Place:
    """The same without an administrator: for commands, which would have nobody to tell the password to.

    Raises:
        KundigError: as `opened` has it.
    """
    os.environ["KUNDIG_WORKSPACE"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundig.web.settings")
    place = Place(folder.expanduser().resolve())
    made(place)
    import django  # noqa: PLC0415 -- slow import, and its settings read the environment

    django.setup()
    collected(place)
    migrated(place)
    return place


def made(place: Place) -> None:
    """Translations, tokens and fonts as files."""
    if (place.versioned / "made.mark").exists():
        return
    from kundig.report.fonts import web_fonts  # noqa: PLC0415 -- slow import
    from kundig.report.tokens import css  # noqa: PLC0415 -- loaded when it is needed

    translated(place.locale)
    target = place.made / "kundig"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    _written(target / "tokens.css", css())
    # Of all that the package brings, the one file that pages use.
    _written(target / "htmx.js", (files("django_htmx") / "static/django_htmx/htmx-2.min.js").read_text(encoding="utf-8"))
    for file in web_fonts().values():
        part = target / "fonts" / f"{file.name}.{uuid4().hex}"
        shutil.copyfile(file, part)
        part.replace(target / "fonts" / file.name)
    _written(place.versioned / "made.mark", "")


def collected(place: Place) -> None:
    """Static files compressed, under names that change with their content."""
    if (place.static / "staticfiles.json").exists():
        return
    from django.core.management import call_command  # noqa: PLC0415 -- needs Django's settings

    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["django_htmx"])
    for old in place.web.iterdir():
        if old.is_dir() and old != place.versioned and (old / "made.mark").exists():
            shutil.rmtree(old, ignore_errors=True)


def migrated(place: Place) -> None:
    """The tables as this kundig knows them. An SQLite file is copied before it is changed; PostgreSQL is the operator's to back up."""
    from django.db import DEFAULT_DB_ALIAS, OperationalError, connections  # noqa: PLC0415 -- loaded when it is needed
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 -- loaded when it is needed

    connection = connections[DEFAULT_DB_ALIAS]
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        raise KundigError(f"the database of {place.folder / 'kundig.yaml'} cannot be opened: {str(error).splitlines()[0]}") from None
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    file = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor == "sqlite" and executor.loader.applied_migrations and file.exists():
        connection.close()
        shutil.copyfile(file, file.with_name(f"{file.name}.before-{plan[0][0].app_label}-{plan[0][0].name}"))
    executor.migrate(executor.loader.graph.leaf_nodes(), plan=plan)
    if connection.vendor == "sqlite":
        file.chmod(0o600)


def administered(place: Place) -> Opened:
    """An administrator, if there is nobody yet."""
    from django.conf import settings  # noqa: PLC0415 -- loaded when it is needed

    from kundig.state.people import first_administrator  # noqa: PLC0415 -- models need Django

    given = os.environ.get("KUNDIG_ADMIN_PASSWORD")
    password = given or secrets.token_urlsafe(12)
    person = first_administrator(os.environ.get("KUNDIG_ADMIN", "admin"), password, settings.LANGUAGE_CODE)
    if person is None:
        return Opened(place, None, None)
    return Opened(place, person.login, None if given else password)


def translated(target: Path) -> None:
    """Catalogues of translations, compiled into a folder."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 -- slow import
    from babel.messages.pofile import read_po  # noqa: PLC0415 -- loaded when it is needed

    for source in sorted((HERE / "locale").glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as stream:
            catalogue = read_po(stream)
        compiled = target / source.relative_to(HERE / "locale").with_suffix(".mo")
        compiled.parent.mkdir(parents=True, exist_ok=True)
        with compiled.open("wb") as stream:
            write_mo(stream, catalogue)


def _written(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{uuid4().hex}")
    part.write_text(text, encoding="utf-8")
    part.replace(file)
