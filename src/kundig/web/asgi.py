"""For ASGI servers: `uvicorn kundig.web.asgi:application`, with `KUNDIG_WORKSPACE` set. The pages, and the door for events."""

from __future__ import annotations

import os
from pathlib import Path

from kundig.web.opening import opened

_ready = opened(Path(os.environ.get("KUNDIG_WORKSPACE", ".")))

from django.conf import settings  # noqa: E402 -- the settings stand first
from django.core.wsgi import get_wsgi_application  # noqa: E402 -- what is above comes first

from kundig.live.serving import door  # noqa: E402 -- what is above comes first

application = door(_ready.place.folder, get_wsgi_application(), proxied=bool(settings.SECURE_PROXY_SSL_HEADER))
