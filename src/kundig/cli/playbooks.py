"""`kundig playbooks`: list them, check them, try one on the past, and say why a customer is in or not."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from kundig.analysis import Analysis
from kundig.cli.definitions import action_of, decider, exported, named
from kundig.cli.output import console, table
from kundig.errors import ArgumentError, nearest
from kundig.playbooks.playbook import Playbook, missing, ready, stated
from kundig.playbooks.steps import walked
from kundig.store.inbox import inbox
from kundig.workspace import Workspace

if TYPE_CHECKING:
    from kundig.playbooks.explaining import Entry, Explanation
    from kundig.playbooks.leaving import Leaving
    from kundig.playbooks.simulation import Simulation

ACTIONS = ("list", "check", "simulate", "explain", "export", "apply", "run", "let-in", "effect")
YEAR = timedelta(days=365)
HORIZON = 90


def run(action: str, name: str | None, folder: Path, *, since: str | None, until: str | None, horizon: int | None, customer: str | None, by: str | None) -> None:  # noqa: PLR0913 -- the actions and options of the command
    """Do what is asked.

    Raises:
        ArgumentError: an unknown action, playbook or customer; with the nearest right one.
        ConfigError: a definition cannot be meant; with file and line.
    """
    action_of("playbooks", action, ACTIONS)
    workspace = Workspace(folder)
    own = stated(workspace.folder)
    known = ready() | own
    if action == "list":
        listed(known, own, workspace.config.company.language)
        return
    if action == "check":
        checked(workspace, own)
        return
    if action == "run":
        ran(workspace, until)
        return
    name = named("playbooks", action, "playbook", name, known)
    if action in {"apply", "let-in"}:
        decided(workspace, action, name, known[name], decider("playbooks", action, by), _now(workspace, until))
    elif action == "effect":
        effect_of(workspace, name, known[name], until, horizon)
    elif action == "export":
        sys.stdout.write(exported("playbooks", name, known[name]))
    elif action == "explain":
        if customer is None:
            raise ArgumentError("kundig playbooks explain asks for --customer, as `kundig ask foresight.signals` lists them")
        explain(workspace, name, known[name], customer, until)
    else:
        simulate(workspace, name, known[name], (since, until), HORIZON if horizon is None else horizon)


def listed(known: Mapping[str, Playbook], own: Mapping[str, Playbook], language: str) -> None:
    """All playbooks: the workspace's own, and those that are ready to be taken over."""
    out = console()
    drawn = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0), show_edge=False)
    for heading in ("name", "title", "comes in", "left alone"):
        drawn.add_column(heading, overflow="fold", justify="right" if heading == "left alone" else "left", vertical="top")
    for name, one in known.items():
        where = "" if name not in own else ", on" if one.on else ", off"
        drawn.add_row(name, one.title.get(language) or next(iter(one.title.values())), f"{one.when}", f"{100 * one.hold_out:.0f} %", style=None if name in own else "dim")
        if where:
            drawn.add_row("", f"yours{where}", "", "")
    out.print(drawn)
    out.print(Text(f"\n{len(own)} are yours, in the folder playbooks/; {len(known) - len(own)} are ready to be taken over: kundig playbooks export NAME > playbooks/NAME.yaml", style="dim"))


def checked(workspace: Workspace, own: Mapping[str, Playbook]) -> None:
    """What is odd in the workspace's own playbooks; what cannot be meant is an error before that."""
    out = console()
    departments = {entry.department for entry in workspace.config.touchpoints.values() if entry.department}
    found = missing(dict(own))
    for name, one in own.items():
        for path, step in walked(one.steps):
            if step.department and departments and step.department not in departments:
                found.append(f"{name}: step {path} gives work to {step.department!r}, which no touchpoint names; {nearest(step.department, departments)}")
        if one.hold_out == 0:
            found.append(f"{name}: nobody is left alone (`hold_out: 0`), so there will be no evidence of an effect")
        if one.purpose is not None and one.purpose not in workspace.config.contact.purposes:
            found.append(f"{name}: the purpose {one.purpose!r} is not one of `contact: purposes:`, so nothing is written; {nearest(one.purpose, workspace.config.contact.purposes)}")
        if workspace.config.mail is None and any(step.kind in {"email", "survey"} for _, step in walked(one.steps)):
            found.append(f"{name}: writes to customers, but kundig.yaml has no `mail:`")
        if one.when.deviation is not None and one.when.deviation.journey not in workspace.config.journeys:
            found.append(f"{name}: there is no target journey {one.when.deviation.journey!r}; {nearest(one.when.deviation.journey, workspace.config.journeys)}")
    for sentence in found:
        out.print(Text(f"▲ {sentence}", style="yellow"))
    out.print(f"{len(own)} playbooks can be meant; {len(found)} things to look at.")


def decided(workspace: Workspace, action: str, name: str, one: Playbook, by: str, now: datetime) -> None:  # noqa: PLR0913 -- who decides what, when
    """Keep the definition as the version that holds from now on, or let those in who wait to be asked for."""
    from kundig.web.opening import set_up  # noqa: PLC0415 -- Django

    set_up(workspace.folder)
    from kundig.state.enrolments import let_in  # noqa: PLC0415 -- needs Django's settings
    from kundig.state.playbooks import applied  # noqa: PLC0415 -- loaded when it is needed

    out = console()
    if action == "let-in":
        out.print(f"{let_in(name, by):,} come in at the next run.")
        return
    version, new = applied(name, one, by, now)
    runs = "It runs." if version.on else "It does not run; write `on: true` and apply it again."
    out.print(f"{name} is version {version.number}{', as it was' if not new else ''}. {runs}")


def effect_of(workspace: Workspace, name: str, one: Playbook, until: str | None, days: int | None) -> None:
    """What the playbook has brought, by those who were left alone: in retention, revenue and money; and what its rule says of the trial."""
    from kundig.playbooks.measuring import effect, money  # noqa: PLC0415 -- slow import
    from kundig.web.opening import set_up  # noqa: PLC0415 -- Django

    set_up(workspace.folder)
    from kundig.state.judging import cost, table, trialled  # noqa: PLC0415 -- needs Django's settings
    from kundig.state.playbooks import newest  # noqa: PLC0415 -- loaded when it is needed

    version, now = newest(name), _moment(workspace, until)
    of = version.playbook if version is not None else one
    enrolments, spent, length_ = table(trialled(name)), cost(version) if version is not None else of.trial.cost, of.trial.days if days is None else days
    out = console()
    for outcome in ("retention", "revenue"):
        found = effect(workspace.journal.as_of(now), name, enrolments, outcome=outcome, days=length_, cost=spent or 0.0)
        words = found["verdict"] or found["state"]
        line = Text.assemble(f"{outcome} over {length_} days: ", (str(words), "bold"), f" (n {found['n']:,}, {found.get('pending') or 0:,} whose time is not over)")
        if found.get("effect") is not None:
            line.append(f"; {found['effect']:+.3f} ({found['low']:+.3f} to {found['high']:+.3f})")
        if found.get("always_low") is not None:
            line.append(f"; however often one looks {found['always_low']:+.3f} to {found['always_high']:+.3f}")
        out.print(line)
        why = of.trial.stopped(found) if outcome == of.trial.outcome and of.hold_out else None
        if why is not None:
            out.print(Text(f"By its rule the trial is over: {'it harms; switch it off' if why == 'harm' else 'it helps; nobody needs to be left alone any more'}.", style="yellow"))
    if spent is None:
        out.print(Text("What it costs is not stated (`trial: cost:`), so nothing is said of money.", style="dim"))
    elif found.get("effect") is not None:
        of_money, currency = money(found, margin=float(workspace.config.costs.margin), cost=spent, treated=found["treated"]), workspace.config.company.currency
        out.print(f"Spent {of_money['spent']:,.0f} {currency}, gained {of_money['gained']:,.0f} ({of_money['gained_low']:,.0f} to {of_money['gained_high']:,.0f}), left {of_money['left']:,.0f} ({of_money['left_low']:,.0f} to {of_money['left_high']:,.0f}).")
    if not of.hold_out:
        out.print(Text("Nobody is left alone (`hold_out: 0`): of who comes in now there is no evidence of an effect, and will be none.", style="dim"))


def ran(workspace: Workspace, until: str | None) -> None:
    """One round of all playbooks that are on, and what it did."""
    from kundig.web.opening import set_up  # noqa: PLC0415 -- Django

    set_up(workspace.folder)
    from kundig.sending.outside import Outside  # noqa: PLC0415 -- needs Django's settings
    from kundig.sending.rounds import rounded  # noqa: PLC0415 -- loaded when it is needed
    from kundig.state.ticking import tick  # noqa: PLC0415 -- loaded when it is needed

    out, now = console(), _now(workspace, until)
    done = tick(workspace.journal, now)
    config = workspace.config
    outside = Outside(lambda: workspace.journal, config, config.contact, config.mail, workspace.folder)
    sent = rounded(outside, inbox(config.database, workspace.folder), now)
    if sent:
        out.print("Sent: " + ", ".join(f"{state} {count:,}" for state, count in sorted(sent.items())) + ".")
    for one in done:
        asks = f" {one.asks:,} at once are more than `ask_above` allows: `kundig playbooks let-in {one.playbook} --by NAME` lets them in." if one.asks else ""
        out.print(Text.assemble((one.playbook, "bold"), f": {one.came:,} came in, {one.left_alone:,} of them left alone; {one.moved:,} steps, {one.stopped:,} stopped.{asks}"))
    if not done:
        out.print("No playbook is on; `kundig playbooks apply NAME --by WHO` keeps one whose definition says `on: true`.")


def _now(workspace: Workspace, until: str | None) -> datetime:
    return Analysis.moment(until, workspace.zone) if until is not None else datetime.now(timezone.utc)


def _moment(workspace: Workspace, until: str | None) -> datetime:
    """The moment that is asked for, or the latest at which anything became known."""
    if until is not None:
        return Analysis.moment(until, workspace.zone)
    history = workspace.journal.history
    [latest] = history.agg(latest=history.known_at.max()).to_pyarrow()["latest"].to_pylist()
    if latest is None:
        raise ArgumentError("the journal is empty; `kundig import` brings events in")
    return latest.astimezone(timezone.utc) if isinstance(latest, datetime) else latest


def simulate(workspace: Workspace, name: str, one: Playbook, span: tuple[str | None, str | None], horizon: int) -> None:
    """What the playbook would have done, printed."""
    from kundig.playbooks.simulation import simulation  # noqa: PLC0415 -- slow import

    until = _moment(workspace, span[1])
    since = Analysis.moment(span[0], workspace.zone) if span[0] is not None else until - YEAR
    out = console()
    done = simulation(one, name, workspace.journal, since, until, horizon=horizon)
    for line in _lines(name, one, done):
        out.print(line)
    if done.busiest.num_rows:
        out.print()
        out.print(table(done.busiest))
    if done.acts.num_rows:
        out.print()
        out.print(table(done.acts))
    out.print()
    out.print(Text(_leaving(done.leaving)))


def _lines(name: str, one: Playbook, done: Simulation) -> list[Text]:
    came = done.enrolments.num_rows
    people = len(set(done.enrolments["customer_id"].to_pylist()))
    alone = sum(done.enrolments["held_out"].to_pylist())
    weeks = max((done.until - done.since).days / 7, 1)
    lines = [Text.assemble((name, "bold"), f" from {done.since:%Y-%m-%d} to {done.until:%Y-%m-%d}: {one.when}"), Text("")]
    lines.append(Text.assemble((f"{came:,}", "bold"), f" would have come in ({people:,} customers, {came / weeks:.1f} a week), {alone:,} of them left alone by lot."))
    outcomes = ", ".join(f"{row['outcome']} {row['n']:,}" for row in done.outcomes.to_pylist())
    if outcomes:
        lines.append(Text(f"What became of them: {outcomes}."))
    return lines


def _leaving(found: Leaving) -> str:
    if found.share is None:
        return f"Too few for a share of those who were lost: {found.n:,} came in whose {found.horizon} days are over ({found.pending:,} are not); 30 are needed."
    base = "" if found.base is None else f" Of {found.base_n:,} customers at such a moment {100 * found.base:.1f} % are lost ({100 * (found.base_low or 0):.1f} to {100 * (found.base_high or 0):.1f})"
    times = f": {found.times:.1f} times as often." if found.times is not None else "." if base else ""
    return f"Of {found.n:,} who came in {100 * found.share:.1f} % ({100 * (found.low or 0):.1f} to {100 * (found.high or 0):.1f}) were lost within {found.horizon} days.{base}{times} That is whom it finds, not what it brings."


def explain(workspace: Workspace, name: str, one: Playbook, customer: str, until: str | None) -> None:
    """Why the customer is in or not, printed."""
    from kundig.playbooks.explaining import explanation  # noqa: PLC0415 -- slow import

    now = _moment(workspace, until)
    told = explanation(one, name, workspace.journal.as_of(now), customer, now)
    out = console()
    for line in _told(told):
        out.print(line)
    if told.state == "nobody known":
        sys.exit(1)


SAID = {
    "in": "is in, and on the way",
    "left alone": "came in and is left alone by lot, so that the effect can be measured",
    "through": "has been through it",
    "goal": "has reached the goal",
    "taken back": "came in, and what let the customer in turned out not to be so",
    "not again": "fulfils the condition, but does not come in again yet",
    "not who is meant": "fulfils the condition, but is not one of those whom `who` describes",
    "condition not met": "has not fulfilled the condition",
    "nobody known": "is not known",
}


def _told(told: Explanation) -> list[Text]:
    lines = [Text.assemble((told.customer, "bold"), f" {SAID[told.state]}.")]
    lines += [Text(f"    {part.words}: " + (f"{part.n:,} times, the last on {part.last_at:%Y-%m-%d %H:%M}" if part.last_at else "never")) for part in told.parts]
    for entry in told.entries:
        lines += _entry(entry)
    return lines


def _entry(entry: Entry) -> list[Text]:
    about = f" about {entry.key}" if entry.key else ""
    lines = [Text.assemble(f"\n{entry.at:%Y-%m-%d %H:%M}", (f"  {entry.state}", "bold"), f"  by {entry.cause}{about}, acted upon from {entry.due_at:%Y-%m-%d %H:%M}")]
    lines += [Text(f"    {at:%Y-%m-%d %H:%M}  {path} {step}: {outcome}") for path, step, outcome, at in entry.done]
    if entry.next_at is not None:
        lines.append(Text(f"    waits until {entry.next_at:%Y-%m-%d %H:%M}; then {entry.next_path}", style="dim"))
    return lines
