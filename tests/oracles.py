"""Obvious answers to compare hard ones with: plain Python over lists of dicts, and random lives to try them on."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from itertools import pairwise

from hypothesis import strategies as st

START = datetime(2026, 3, 1, tzinfo=timezone.utc)


def lives(*, most: int = 12):
    """Random events: late, at the same instant, of few customers, some without a customer or a case."""
    event = st.fixed_dictionaries({
        "subject": st.sampled_from(["ada", "ben", "cyd", None]),
        "case_id": st.sampled_from(["c1", "c2", None]),
        "touchpoint": st.sampled_from(["shop", "pay", "help"]),
        "occurred_at": st.integers(0, 20).map(lambda hours: START + timedelta(hours=hours)),
        "late": st.integers(0, 5),
    })  # fmt: skip
    return st.lists(event, max_size=most).map(_known)


def _known(events):
    return [{**{key: value for key, value in event.items() if key != "late"}, "known_at": event["occurred_at"] + timedelta(hours=event["late"])} for event in events]


def journeys(events, unit):
    """The steps of each journey in order, as (time, step)."""
    found = defaultdict(list)
    for event in events:
        key = event["subject"] if unit == "customer" else event["case_id"]
        if key is not None:
            found[key].append((event["occurred_at"], event["touchpoint"], event["subject"]))
    return {key: sorted(steps, key=lambda step: step[:2]) for key, steps in found.items()}


def flow_counts(events, unit):
    """How often each step follows each."""
    return Counter((a[1], b[1]) for steps in journeys(events, unit).values() for a, b in pairwise(steps))


def variant_counts(events, unit):
    """How many journeys take each whole way."""
    return Counter(" → ".join(step[1] for step in steps) for steps in journeys(events, unit).values())


def end_counts(events, unit):
    """How many journeys begin and end at each step."""
    ways = journeys(events, unit).values()
    return Counter(("entry", steps[0][1]) for steps in ways) + Counter(("exit", steps[-1][1]) for steps in ways)


def rule_states(events, rule, present, quiet, key="case_id"):
    """What became of each activation of a rule, as (state, deviation, violated_at) counted; rule is (template, a, b or n, deadline)."""
    template, a, b, deadline = rule
    found, far = Counter(), timedelta(days=10**5)
    by_journey = defaultdict(list)
    for event in events:
        if event[key] is not None:
            by_journey[event[key]].append((event["occurred_at"], event["touchpoint"]))
    for steps in by_journey.values():
        found.update(_judged(template, a, b, deadline, steps, present, min(at for at, _ in steps), max(at for at, _ in steps), quiet, far))
    return found


def _judged(template, a, b, deadline, steps, present, first, last, quiet, far):  # noqa: C901 -- one branch a template
    def at(step):
        return sorted(time for time, name in steps if name == step)

    def judged(ok, limit, how):
        return ("fulfilled", None, None) if ok else ("violated", how, limit) if limit <= present else ("pending", None, None)

    end, within = last + quiet, deadline or far
    if template == "succession":
        return [*_judged("response", a, b, deadline, steps, present, first, last, quiet, far), *_judged("precedence", a, b, deadline, steps, present, first, last, quiet, far)]
    if template == "response":
        return [
            judged(any(x <= y <= x + within for y in at(b)), x + deadline if deadline else end, "late" if max(at(b), default=x - far) >= x else "out of order" if at(b) and x == at(a)[0] else "missing")
            for x in at(a)
        ]
    if template == "precedence":
        return [judged(any(y - within <= x <= y for x in at(a)), y, "late" if at(a) and at(a)[0] <= y else "too early" if at(a) else "missing") for y in at(b)]
    if template == "responded_existence":
        return [
            judged(any(x - within <= y <= x + within for y in at(b)), x + deadline if deadline else end, "missing" if not at(b) else "late" if at(b)[-1] >= x else "too early")
            for x in at(a)
        ]
    if template == "chain_response":
        rows = []
        for x in at(a):
            after = min((time for time, _ in steps if time > x), default=None)
            at_once = [y for y in at(b) if y in {x, after}]
            limits = [time for time in (after, x + deadline if deadline else None) if time] or [end]
            how = "late" if at_once else "out of order" if at(b) and (at(b)[-1] >= x or x == at(a)[0]) else "missing"
            rows.append(judged(any(y <= x + within for y in at_once), min(limits), how))
        return rows
    if template == "init":
        return [judged(first in at(a), first, "out of order" if at(a) else "missing")]
    if template == "end":
        return [("pending", None, None) if end > present else judged(last in at(a), end, "out of order" if at(a) else "missing")]
    if template == "not_coexistence":
        if at(a) and at(b):
            return [("violated", "forbidden", max(at(a)[0], at(b)[0]))]
        return [("fulfilled", None, None) if end <= present else ("pending", None, None)] * bool(at(a) or at(b))
    if template == "absence":
        over = [("violated", "forbidden" if b == 1 else "repeated", at(a)[b - 1])] if len(at(a)) >= b else None
        return over or [("fulfilled", None, None) if end <= present else ("pending", None, None)]
    in_time = len(at(a)) >= b and at(a)[b - 1] <= first + within
    if template == "exactly" and len(at(a)) > b:
        return [("violated", "repeated", at(a)[b])]
    if template == "exactly" and in_time and end > present:
        return [("pending", None, None)]
    return [judged(in_time, first + deadline if deadline else end, "late" if len(at(a)) >= b else "missing")]


def handovers(events, department, unit):
    """Each handover of each journey as (source, target, seconds, sent back); an unknown department is the empty text."""
    found = []
    for steps in journeys([{**event, "touchpoint": department.get(event["touchpoint"], "")} for event in events], unit).values():
        passed = [(a[1], b[1], (b[0] - a[0]).total_seconds()) for a, b in pairwise(steps) if a[1] != b[1] or not a[1]]
        then = [target for _, target, _ in passed[1:]] + [None]
        found += [(source, target, seconds, onward == source) for (source, target, seconds), onward in zip(passed, then, strict=False)]
    return found


def working_seconds(start, end):
    """Seconds between two moments that do not fall on a weekend, hour by hour."""
    hours = int((end - start).total_seconds() // 3600)
    return sum(3600 for hour in range(hours) if (start + timedelta(hours=hour)).weekday() < 5)


def funnel_counts(events, stages, present, quiet, unit):
    """For each stage (name, optional): n, reached, pending, dropped, and the lengths of time it took."""
    rows = [[0, 0, 0, 0, []] for _ in stages]
    for steps in journeys(events, unit).values():
        reached, over = [], max(step[0] for step in steps) + quiet <= present
        for position, (_, optional) in enumerate(stages):
            if not optional:
                reached.append((position, _reach(steps, stages, position, reached)))
        required = dict(reached)
        for position, (name, optional) in enumerate(stages):
            before = max((there for there in required if there < position), default=None)
            start = None if before is None else required[before]
            if before is not None and start is None:
                continue
            until = next((required[there] for there in sorted(required) if there > position and optional), None)
            at = required[position] if not optional else _first(steps, name, start, again=name in [stage for stage, _ in stages[:position]], until=until)
            state = 1 if at is not None else 3 if over or until is not None else 2
            rows[position][0] += 1
            rows[position][state] += 1
            if at is not None and start is not None:
                rows[position][4].append((at - start).total_seconds())
    return rows


def _reach(steps, stages, position, reached):
    if reached and reached[-1][1] is None:
        return None
    name, names = stages[position][0], [stage for stage, _ in stages[:position]]
    return _first(steps, name, reached[-1][1] if reached else None, again=name in names, until=None)


def _first(steps, name, start, *, again, until):
    times = [at for at, step, _ in steps if step == name and (start is None or at > start or (at == start and not again)) and (until is None or at <= until)]
    return min(times, default=None)


def pause_chance(gaps, pause):
    """The chance of so long a pause at a random moment: from the own past, or from the tail beyond it."""
    total, certain = sum(gaps), len(gaps) / 2
    mean = sum(gap * gap for gap in gaps) / (2 * total)
    return max(sum(max(gap - pause, 0) for gap in gaps) / total, (1 + pause / (certain * mean)) ** -certain)


def peer_chances(gaps, pauses, least):
    """The chance of each present pause among the past pauses of all, each beside its own mean so far."""
    past = [(gap, sum(of[:place]) / place) for of in gaps for place, gap in enumerate(of) if place >= least]
    total, one = sum(gap for gap, _ in past), sum(gap for gap, _ in past) / len(past)
    found = []
    for of, pause in zip(gaps, pauses, strict=True):
        ratio = pause / (sum(of) / len(of))
        others = (sum(max(gap - ratio * mean, 0) for gap, mean in past) + one) / (total + one)
        found.append(max(sum(max(gap - pause, 0) for gap in of) / sum(of), others))
    return found


def matters(events, contacts, pause):
    """Each matter of a customer with its contacts, switches, waiting and length."""
    found, by_concern = [], defaultdict(list)
    for event in events:
        by_concern[event["subject"], event["properties"]["concern"]].append(event)
    for of in by_concern.values():
        of.sort(key=lambda event: (event["occurred_at"], event["event_id"]))
        cuts = [place for place in range(1, len(of)) if of[place]["occurred_at"] - of[place - 1]["occurred_at"] > pause]
        for start, end in pairwise([0, *cuts, len(of)]):
            matter = of[start:end]
            own = [event for event in matter if event["kind"] in contacts]
            if own:
                ours = [place for place, event in enumerate(matter) if event["kind"] not in contacts]
                waits = [(b["occurred_at"] - a["occurred_at"]).total_seconds() for place, (a, b) in enumerate(pairwise(matter)) if a["kind"] in contacts and any(later > place for later in ours)]
                found.append({
                    "contacts": len(own), "switches": sum(a["channel"] != b["channel"] for a, b in pairwise(own)), "waiting": sum(waits),
                    "total": (matter[-1]["occurred_at"] - own[0]["occurred_at"]).total_seconds(), "last": matter[-1]["occurred_at"],
                })  # fmt: skip
    return found


def path_credits(paths):
    """The credit of each channel by each rule, from paths (channels, whether they bought)."""
    credit = {rule: Counter() for rule in ("first", "last", "linear", "position", "shapley")}
    for path in (channels for channels, bought in paths if bought):
        credit["first"][path[0]] += 1
        credit["last"][path[-1]] += 1
        inner = 0.2 / max(len(path) - 2, 1)
        for place, channel in enumerate(path):
            credit["linear"][channel] += 1 / len(path)
            credit["position"][channel] += 1 / len(path) if len(path) < 3 else 0.4 if place in {0, len(path) - 1} else inner
        for channel in set(path):
            credit["shapley"][channel] += 1 / len(set(path))
    return {rule: {step: value / sum(of.values()) for step, value in of.items()} for rule, of in credit.items()}
