"""Django's settings. Everything has a default; what a company may change is an environment variable `KUNDIG_…`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from kundig.config import config
from kundig.errors import ConfigError
from kundig.web.place import Place


def _flag(name: str, *, default: bool) -> bool:
    text = os.environ.get(name, "").strip().lower()
    if not text:
        return default
    if text not in {"yes", "true", "1", "no", "false", "0"}:
        raise ConfigError(f"{name}={text!r}: expected yes or no")
    return text in {"yes", "true", "1"}


def _database(url: str, folder: Path) -> dict[str, Any]:
    """The database of `database:` in kundig.yaml; SQLite's file is relative to the workspace."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / unquote(url.removeprefix("sqlite:///")),
            # A file also under test: several threads read it.
            # Opening the file anew for each request costs as much as a small page.
            "CONN_MAX_AGE": 600,
            "TEST": {"NAME": os.environ.get("KUNDIG_TEST_DATABASE")},
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"},
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            # A socket on this machine is named in the query.
            "HOST": parts.hostname or "".join(parse_qs(parts.query).get("host", [])),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ConfigError(f"database: expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME, found {parts.scheme}://…")


PLACE = Place(Path(os.environ.get("KUNDIG_WORKSPACE", ".")).expanduser().resolve())
_CONFIG = config(PLACE.folder)

DEBUG = False
SECRET_KEY = PLACE.secret()
HTTPS = _flag("KUNDIG_HTTPS", default=False)
"""Whether readers come by HTTPS: cookies are then sent no other way. `kundig serve` on this machine alone speaks HTTP."""
ALLOWED_HOSTS = [host.strip() for host in os.environ.get("KUNDIG_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host.strip()]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
if _flag("KUNDIG_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "kundig.state",
    "kundig.web",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kundig.web.security.ContentSecurity",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kundig.web.languages.Language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kundig.web.faults.Faults",
]
ROOT_URLCONF = "kundig.web.urls"
WSGI_APPLICATION = "kundig.web.wsgi.application"
ASGI_APPLICATION = "kundig.web.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "kundig.web.frame.frame",
            ],
            "builtins": ["kundig.web.templatetags.kundig", "kundig.web.templatetags.once", "django.templatetags.i18n", "django.templatetags.static"],
            "string_if_invalid": "",
        },
    }
]
DATABASES = {"default": _database(_CONFIG.database, PLACE.folder)}

AUTH_USER_MODEL = "state.Person"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("login", "name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "login"

SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-kundig" if HTTPS else "kundig"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

LANGUAGE_CODE = _CONFIG.company.language
LANGUAGES = [("de", "Deutsch"), ("en", "English")]
LOCALE_PATHS = [PLACE.locale]
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = _CONFIG.company.timezone

STATIC_URL = "static/"
STATIC_ROOT = PLACE.static
STATICFILES_DIRS = [PLACE.made]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder", "django.contrib.staticfiles.finders.AppDirectoriesFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 31_536_000
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
TEST_RUNNER = "django.test.runner.DiscoverRunner"
SILENCED_SYSTEM_CHECKS = ["security.W019"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django": {"handlers": ["console"], "level": "ERROR", "propagate": False}, "kundig": {"handlers": ["console"], "level": "INFO"}},
}
