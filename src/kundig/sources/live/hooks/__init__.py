"""Systems whose payloads are known, each in a file of its own."""

from __future__ import annotations

from collections.abc import Mapping

from kundig.sources.live.hooks.hook import Hook

HOOKS: Mapping[str, Hook] = {}
