"""For ASGI servers: `uvicorn kundig.web.asgi:application`, with `KUNDIG_WORKSPACE` set."""

from __future__ import annotations

import os
from pathlib import Path

from kundig.web.opening import opened

opened(Path(os.environ.get("KUNDIG_WORKSPACE", ".")))

from django.core.asgi import get_asgi_application  # noqa: E402 -- the settings stand first

application = get_asgi_application()
