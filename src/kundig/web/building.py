"""A survey as a form: its fields as they are posted, questions moved about, and the definition that they state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kundig.settings.languages import LANGUAGES
from kundig.surveys.survey import Survey

KINDS = ("nps", "csat", "ces", "stars", "single", "multiple", "text")
TEXTS = ("title", "intro", "thanks")
OF_QUESTION = ("key", "kind", "options", "required", *(f"{of}_{language}" for of in ("ask", "low", "high") for language in LANGUAGES))
MOST = 30
Fields = dict[str, Any]


def begun() -> Fields:
    """A survey that nobody has written yet: one question."""
    return {"rest": "90 days", "rest_of_all": "30 days", "closes": "30 days", "sample": "100", "questions": [{"kind": "nps"}]}


def fields(of: Survey) -> Fields:
    """What the form holds of a survey."""
    given: Fields = {"owner": of.owner, "touchpoint": of.touchpoint, "about": of.about or "", "sample": f"{100 * of.sample:g}", "rest": of.rest, "rest_of_all": of.rest_of_all, "closes": of.closes, "reminders": ", ".join(of.reminders), "on": of.on}
    worded = {"title": of.title, "intro": of.intro, "thanks": of.thanks, "subject": of.invitation.subject, "text": of.invitation.text}
    given |= {f"{name}_{language}": (texts or {}).get(language, "") for name, texts in worded.items() for language in LANGUAGES}
    if of.quota is not None:
        given |= {"quota": str(of.quota.most), "quota_within": of.quota.within, "quota_by": of.quota.by or "", "quota_each": "\n".join(f"{group} = {n}" for group, n in of.quota.each.items())}
    given["questions"] = [
        {
            "key": one.key, "kind": one.kind, "required": one.required, "options": "\n".join(f"{key} = {' | '.join(words.get(language, '') for language in LANGUAGES)}" for key, words in one.options.items()),
            **{f"{name}_{language}": (texts or {}).get(language, "") for name, texts in (("ask", one.ask), ("low", one.low), ("high", one.high)) for language in LANGUAGES},
        }
        for one in of.questions
    ]  # fmt: skip
    return given


def posted(given: Mapping[str, str]) -> Fields:
    """The fields as they are posted; questions in the order of their numbers."""
    plain: Fields = {name: value.replace("\r\n", "\n").strip() for name, value in given.items() if not re.match(r"q\d+-", name)}
    numbers = sorted({int(match[1]) for name in given if (match := re.match(r"q(\d{1,3})-", name))})[:MOST]
    plain["questions"] = [{name: given.get(f"q{number}-{name}", "").replace("\r\n", "\n").strip() for name in OF_QUESTION} for number in numbers]
    return plain


def moved(form: Fields, do: str) -> Fields:
    """The form after a button: `add`, `out-2`, `up-2`, `down-2`; questions are counted from 0.

    >>> [one["key"] for one in moved({"questions": [{"key": "a"}, {"key": "b"}]}, "up-1")["questions"]]
    ['b', 'a']
    """
    questions, (what, _, number) = list(form["questions"]), do.partition("-")
    place = int(number) if number.isdigit() and int(number) < len(questions) else None
    if what == "add" and len(questions) < MOST:
        questions.append({"kind": "text"})
    elif place is not None and what == "out":
        questions.pop(place)
    elif place is not None and what in {"up", "down"}:
        other = place + (1 if what == "down" else -1)
        if 0 <= other < len(questions):
            questions[place], questions[other] = questions[other], questions[place]
    return {**form, "questions": questions}


def stated(form: Fields) -> dict[str, Any]:
    """The definition that a form states, as configuration would; what is left empty is left out."""

    def texts(name: str, given: Mapping[str, Any] = form) -> dict[str, str]:
        return {language: given[f"{name}_{language}"] for language in LANGUAGES if given.get(f"{name}_{language}")}

    found: dict[str, Any] = {name: texts(name) for name in TEXTS if texts(name) or name != "intro"}
    found |= {"invitation": {"subject": texts("subject"), "text": texts("text")}, "on": bool(form.get("on"))}
    found |= {name: form[name] for name in ("owner", "touchpoint", "about", "rest", "rest_of_all", "closes") if form.get(name)}
    if form.get("sample"):
        found["sample"] = _share(form["sample"])
    if form.get("reminders"):
        found["reminders"] = [part.strip() for part in form["reminders"].split(",") if part.strip()]
    if form.get("quota") or form.get("quota_by") or form.get("quota_each"):
        found["quota"] = {"most": form.get("quota"), "within": form.get("quota_within"), **({"by": form["quota_by"]} if form.get("quota_by") else {}), **({"each": dict(_pairs(form["quota_each"]))} if form.get("quota_each") else {})}
    taken: set[str] = set()
    found["questions"] = [_question(one, texts, taken) for one in form["questions"]]
    return found


def _question(one: Mapping[str, Any], texts: Any, taken: set[str]) -> dict[str, Any]:
    asked = texts("ask", one)
    key = one.get("key") or named(asked.get("en") or asked.get("de") or one["kind"], taken)
    taken.add(key)
    said: dict[str, Any] = {"key": key, "kind": one["kind"], "ask": asked}
    said |= {name: texts(name, one) for name in ("low", "high") if texts(name, one)}
    if one.get("required"):
        said["required"] = True
    if one.get("options"):
        said["options"] = _options(one["options"])
    return said


def _options(text: str) -> dict[str, dict[str, str]]:
    """What can be chosen: a line each, `key = German | English`; without a key it is made of the words."""
    found: dict[str, dict[str, str]] = {}
    for line in text.split("\n"):
        if not line.strip():
            continue
        key, equals, words = line.partition("=") if re.match(r"\s*[a-z][a-z0-9_]*\s*=", line) else ("", "", line)
        parts = [part.strip() for part in words.split("|")]
        worded = {language: part for language, part in zip(LANGUAGES, parts if len(parts) > 1 else parts * len(LANGUAGES), strict=False) if part}
        found[key.strip() if equals else named(worded.get("en") or worded.get("de") or "option", set(found))] = worded
    return found


def _pairs(text: str) -> list[tuple[str, Any]]:
    """Numbers for groups: a line each, `gold = 100`."""
    return [(name.strip(), number.strip()) for line in text.split("\n") if line.strip() for name, _, number in (line.rpartition("="),)]


def _share(per_cent: str) -> Any:
    """A share of what stands there in per cent; what is no number stays as it is, and is refused by the definition."""
    try:
        return float(per_cent.replace(",", ".")) / 100
    except ValueError:
        return per_cent


def named(words: str, taken: set[str]) -> str:
    """A key made of words, other than those that are taken.

    >>> named("Wie leicht war es?", {"wie_leicht_war_es"})
    'wie_leicht_war_es_2'
    """
    plain = words.casefold()
    for letter, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        plain = plain.replace(letter, letters)
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:30].strip("_")
    key = key if re.match(r"[a-z]", key) else f"question_{key}".strip("_")
    number = next(n for n in range(1, len(taken) + 2) if (key if n == 1 else f"{key}_{n}") not in taken)
    return key if number == 1 else f"{key}_{number}"
