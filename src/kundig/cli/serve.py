"""`kundig serve`: the pages of a workspace."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from rich.text import Text

from kundig.cli.output import console
from kundig.errors import ArgumentError, ConfigError
from kundig.web.opening import Opened, opened


def run(folder: Path, host: str, port: int, get: str | None, *, worker: bool = True) -> None:
    """Make the workspace ready and serve it, or answer one request and be done."""
    ready = opened(folder)
    from kundig.web.desk import desk  # noqa: PLC0415 -- needs Django's settings

    if get is not None:
        try:
            _one(ready, get)
        finally:
            # What nobody waits for is not answered.
            desk().close()
        return
    from django.conf import settings  # noqa: PLC0415 -- needs Django's settings
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 -- loaded when it is needed

    from kundig.live.beside import Beside  # noqa: PLC0415 -- where it serves
    from kundig.live.serving import door, listening, serve  # noqa: PLC0415 -- slow import

    _welcome(host)
    listener = listening(host, port)
    application = door(ready.place.folder, get_wsgi_application(), proxied=hasattr(settings, "SECURE_PROXY_SSL_HEADER") and bool(settings.SECURE_PROXY_SSL_HEADER))
    beside = Beside(ready.place.folder) if worker else None
    if beside is not None:
        beside.start()
    _told(ready, host, listener.getsockname()[1])
    # The server finishes its requests first, and then hands the signal on.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        serve(application, listener)
    finally:
        if beside is not None:
            beside.stop()
        desk().close()


def _one(ready: Opened, path: str) -> None:
    """One page to standard output; the exit code tells whether there was one."""
    if not path.startswith("/"):
        raise ArgumentError(f"--get expects a path that begins with /, found {path!r}")
    from django.test import Client  # noqa: PLC0415 -- needs Django's settings

    from kundig.state.people import Person  # noqa: PLC0415 -- loaded when it is needed
    from kundig.state.rights import Role  # noqa: PLC0415 -- loaded when it is needed

    client = Client(headers={"host": "localhost"}, raise_request_exception=False)
    # Whoever can start the program on this folder can read everything in it.
    person = Person.objects.filter(role=Role.ADMINISTRATOR, is_active=True).first()
    if person is not None:
        client.force_login(person)
    answer = client.get(path)
    if person is not None:
        client.logout()
    sys.stdout.write(b"".join(answer).decode("utf-8", "replace"))
    sys.stdout.write("\n")
    if answer.status_code >= 400:  # noqa: PLR2004 -- errors begin there
        print(f"kundig: {path} answered {answer.status_code}; `kundig serve --get /` shows a page that is there", file=sys.stderr)
        sys.exit(1)
    if ready.password:
        print(f"kundig: made the administrator {ready.login!r} with the password {ready.password}; it is not shown again", file=sys.stderr)


def _welcome(host: str) -> None:
    from django.conf import settings  # noqa: PLC0415 -- loaded when it is needed

    if host not in {"127.0.0.1", "localhost", "::1"} and settings.ALLOWED_HOSTS == ["127.0.0.1", "localhost", "[::1]"]:
        raise ConfigError(f"--host {host} is reached from other machines under a name; say which with KUNDIG_HOSTS=kundig.example.org, and see docs/how-to/serve.md on HTTPS")


def _told(ready: Opened, host: str, port: int) -> None:
    out = console()
    shown = f"[{host}]" if ":" in host else host
    out.print(Text.assemble("kundig serves ", (str(ready.place.folder), "bold"), " at ", (f"http://{shown}:{port}/", "bold"), "; Ctrl+C ends it."))
    if ready.password:
        out.print(Text.assemble("Log in as ", (str(ready.login), "bold"), " with the password ", (ready.password, "bold"), ". It is not shown again."))
    elif ready.login:
        out.print(Text(f"Log in as {ready.login} with the password from KUNDIG_ADMIN_PASSWORD."))
    sys.stdout.flush()
