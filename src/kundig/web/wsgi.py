"""For WSGI servers: `gunicorn kundig.web.wsgi`, with `KUNDIG_WORKSPACE` set."""

from __future__ import annotations

import os
from pathlib import Path

from kundig.web.opening import opened

opened(Path(os.environ.get("KUNDIG_WORKSPACE", ".")))

from django.core.wsgi import get_wsgi_application  # noqa: E402 -- the settings stand first

application = get_wsgi_application()
