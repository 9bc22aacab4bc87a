"""`kundig surveys`: list them, check them, ask a panel, make links for everybody, and read the ledger of who was asked."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

from rich.table import Table
from rich.text import Text

from kundig.cli.definitions import action_of, decider, exported, named
from kundig.cli.output import console
from kundig.errors import ArgumentError, nearest
from kundig.settings.contact import SURVEY
from kundig.settings.languages import said
from kundig.surveys.survey import Survey, Surveys, missing, ready, stated
from kundig.workspace import Workspace

ACTIONS = ("list", "check", "export", "apply", "invite", "link", "ledger")
CHANNELS = ("link", "qr", "embed")


def run(action: str, name: str | None, folder: Path, *, panel: str | None, round_: str | None, channel: str, by: str | None) -> None:  # noqa: PLR0913 -- the actions and options of the command
    """Do what is asked.

    Raises:
        ArgumentError: an unknown action, survey, panel or channel; with the nearest right one.
        ConfigError: a definition cannot be meant; with file and line.
    """
    action_of("surveys", action, ACTIONS)
    workspace = Workspace(folder)
    own = stated(workspace.folder)
    known = ready() | own.surveys
    if action == "list":
        listed(known, own, workspace.config.company.language)
        return
    if action == "check":
        checked(workspace, own)
        return
    name = named("surveys", action, "survey", name, known)
    if action == "export":
        sys.stdout.write(exported("surveys", name, known[name]))
    elif action == "apply":
        applied(workspace, name, known[name], decider("surveys", action, by))
    elif action == "invite":
        invite(workspace, name, own, panel, round_, decider("surveys", action, by))
    elif action == "link":
        linked(workspace, name, channel)
    else:
        ledger(workspace, name)


def listed(known: Mapping[str, Survey], own: Surveys, language: str) -> None:
    """All surveys and panels: the workspace's own, and those that are ready to be taken over."""
    out = console()
    drawn = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0), show_edge=False)
    for heading in ("name", "title", "asks", "of whom"):
        drawn.add_column(heading, overflow="fold", vertical="top")
    for name, one in known.items():
        share = f"{100 * one.sample:g} %, not again within {one.rest}"
        drawn.add_row(name, said(one.title, language), ", ".join(question.kind for question in one.questions), share, style=None if name in own.surveys else "dim")
    out.print(drawn)
    for name, panel in own.panels.items():
        out.print(f"panel {name}: {said(panel.title, language)}")
    out.print(Text(f"\n{len(own.surveys)} are yours, in the folder surveys/; {len(known) - len(own.surveys)} are ready to be taken over: kundig surveys export NAME > surveys/NAME.yaml", style="dim"))


def checked(workspace: Workspace, own: Surveys) -> None:
    """What is odd in the workspace's own surveys; what cannot be meant is an error before that."""
    out = console()
    found = missing(own.surveys)
    if own.surveys and workspace.config.mail is None:
        found.append("kundig.yaml has no `mail:`, so nobody is asked by letter")
    if not workspace.config.contact.purpose(SURVEY).consent:
        found.append("contact: purposes: survey: asks for no consent; in the European Union a survey by e-mail takes one")
    for name, one in own.surveys.items():
        if one.touchpoint not in workspace.config.touchpoints:
            found.append(f"{name}: the touchpoint {one.touchpoint!r} is not under `touchpoints:`, so its answers belong to no department; {nearest(one.touchpoint, workspace.config.touchpoints)}")
    for sentence in found:
        out.print(Text(f"▲ {sentence}", style="yellow"))
    out.print(f"{len(own.surveys)} surveys and {len(own.panels)} panels can be meant; {len(found)} things to look at.")


def applied(workspace: Workspace, name: str, one: Survey, by: str) -> None:
    """Keep the definition as the version that holds from now on."""
    from kundig.web.opening import set_up  # noqa: PLC0415 -- Django

    set_up(workspace.folder)
    from kundig.state.surveys import applied_survey  # noqa: PLC0415 -- needs Django's settings

    version, new = applied_survey(name, one, by, datetime.now(timezone.utc))
    asks = "It asks." if one.on else "It asks nobody; write `on: true` and apply it again."
    console().print(f"{name} is version {version.number}{'' if new else ', as it was'}. {asks}")


def invite(workspace: Workspace, name: str, own: Surveys, panel: str | None, round_: str | None, by: str) -> None:  # noqa: PLR0913 -- who asks whom
    """Put the members of a panel among those who are to be asked; each once in a round."""
    from kundig.surveys.members import members  # noqa: PLC0415 -- slow import
    from kundig.web.opening import set_up  # noqa: PLC0415 -- Django

    if panel not in own.panels:
        raise ArgumentError(f"kundig surveys invite asks a panel: add --panel NAME; {nearest(panel or '', own.panels)}")
    round_ = round_ or f"{datetime.now(timezone.utc):%Y-%m-%d}"
    if not re.fullmatch(r"[\w-]{1,40}", round_):
        raise ArgumentError(f"--round expects a short name such as 2026-12, found {round_!r}")
    set_up(workspace.folder)
    from kundig.state.invitations import Invitation, invited  # noqa: PLC0415 -- needs Django's settings
    from kundig.state.surveys import newest_survey  # noqa: PLC0415 -- loaded when it is needed

    version = newest_survey(name)
    if version is None:
        raise ArgumentError(f"{name} was never applied: kundig surveys apply {name} --by NAME")
    now, before = datetime.now(timezone.utc), Invitation.objects.count()
    for customer in members(own.panels[panel], workspace.journal):
        invited(version, f"panel:{panel}:{round_}:{name}:{customer}", now, customer=customer, panel=panel, by=by)
    console().print(f"{Invitation.objects.count() - before:,} members of {panel} are to be asked in the round {round_}; the worker asks them, or `kundig playbooks run`.")


def linked(workspace: Workspace, name: str, channel: str) -> None:
    """A link for everybody, to be printed, shown as a QR code, or put into a page."""
    from kundig.web.opening import set_up  # noqa: PLC0415 -- Django

    if channel not in CHANNELS:
        raise ArgumentError(f"--channel does not know {channel!r}; {nearest(channel, CHANNELS)}")
    mail = workspace.config.mail
    if mail is None:
        raise ArgumentError("a link needs to know where the pages are reached from outside: write `mail: address:` in kundig.yaml")
    set_up(workspace.folder)
    from kundig.state.invitations import open_token  # noqa: PLC0415 -- needs Django's settings
    from kundig.state.surveys import newest_survey  # noqa: PLC0415 -- loaded when it is needed
    from kundig.web.snippets import code, snippet  # noqa: PLC0415 -- loaded when it is needed

    version = newest_survey(name)
    if version is None:
        raise ArgumentError(f"{name} was never applied: kundig surveys apply {name} --by NAME")
    link = f"{mail.address}/s/open/{open_token(name, channel)}/"
    text = code(link) if channel == "qr" else snippet(version.survey, link, workspace.config.company.language) if channel == "embed" else link
    sys.stdout.write(text + "\n")


def ledger(workspace: Workspace, name: str) -> None:
    """Who was asked and who was not, counted, with reasons."""
    from kundig.web.opening import set_up  # noqa: PLC0415 -- Django

    set_up(workspace.folder)
    from kundig.state.invitations import counted  # noqa: PLC0415 -- needs Django's settings

    out = console()
    rows = counted(name)
    if not rows:
        out.print(f"Nobody was to be asked {name} yet.")
    for state, reason, n in rows:
        out.print(Text.assemble((f"{n:>7,}", "bold"), f"  {state}{f': {reason}' if reason else ''}"))
