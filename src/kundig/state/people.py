"""The people who use kundig."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from kundig.state.rights import RIGHTS, WHOLE, Right, Role


class Language(models.TextChoices):
    """Languages that kundig speaks, each by its own name."""

    GERMAN = "de", "Deutsch"
    ENGLISH = "en", "English"


class Theme(models.TextChoices):
    """Light or dark."""

    SYSTEM = "system", _("as the device")
    LIGHT = "light", _("light")
    DARK = "dark", _("dark")


class People(BaseUserManager["Person"]):
    """All persons."""


class Person(AbstractBaseUser):
    """Somebody who may log in."""

    login = models.CharField(
        _("login"), max_length=60, unique=True, validators=[RegexValidator(r"^[\w.@+-]+$", _("Letters, digits and . @ + - _ only."))], help_text=_("A short name or an e-mail address.")
    )
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.VIEWER)
    department = models.CharField(_("department"), max_length=80, blank=True, help_text=_("Leads, agents and viewers with a department see what happens in it, and nothing else."))
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.ENGLISH)
    theme = models.CharField(_("colours"), max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    is_active = models.BooleanField(_("may log in"), default=True)
    since = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "login"]

    def __str__(self) -> str:
        return self.name

    def may(self, right: Right) -> bool:
        """Whether the person's role has a right."""
        return self.is_active and right in RIGHTS[self.role]

    @property
    def unit(self) -> str | None:
        """The department whose events the person sees; None is the whole company."""
        return None if self.role in WHOLE else self.department or None

    @property
    def initials(self) -> str:
        """Two letters for a small circle."""
        words = self.name.split() or [self.login]
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


class LastAdministratorError(Exception):
    """Somebody must remain who can let people in."""


def keep_an_administrator(person: Person) -> None:
    """Refuse a change after which nobody could let people in.

    Raises:
        LastAdministratorError: the person is the last active administrator, and would be no longer.
    """
    stays = person.is_active and person.role == Role.ADMINISTRATOR
    others = Person.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=person.pk)
    if not stays and not others.exists() and Person.objects.filter(pk=person.pk, role=Role.ADMINISTRATOR).exists():
        raise LastAdministratorError


@transaction.atomic
def first_administrator(login: str, password: str, language: str) -> Person | None:
    """The administrator of a new workspace; None if somebody is there already."""
    if Person.objects.exists():
        return None
    person = Person(login=login, name=login, role=Role.ADMINISTRATOR, language=language)
    person.set_password(password)
    person.save()
    return person
