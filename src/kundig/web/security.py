"""What a browser may load: from here, and nothing inline but what carries the answer's nonce."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)


class ContentSecurity:
    """Sets the policy, and keeps personal pages out of shared caches."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with its policy."""
        asked: Any = request
        asked.csp_nonce = secrets.token_urlsafe(16)
        response = self.answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=asked.csp_nonce))
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()")
        response.headers.setdefault("X-Frame-Options", "DENY")
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-store"
        return response
