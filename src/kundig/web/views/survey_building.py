"""Building a survey in a form: questions are added, moved and removed, seen in both languages, and kept as a version."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kundig.definition import validated
from kundig.errors import ConfigError
from kundig.playbooks.golden import FIELDS
from kundig.settings.languages import LANGUAGES, said
from kundig.state.rights import Right
from kundig.state.surveys import newest_survey
from kundig.surveys.survey import Survey, Surveys, missing, ready
from kundig.web.access import Asked, page
from kundig.web.building import KINDS, Fields, begun, fields, moved, posted, stated
from kundig.web.desk import desk
from kundig.web.views.surveys import kept
from kundig.web.words import METRICS

MOVES = ("add", "out", "up", "down")


@page(Right.PLAYBOOKS)
def survey_building(request: Asked, name: str = "") -> HttpResponse:
    """The form of a survey, or of a new one; each button posts it whole, so that it works without JavaScript."""
    version, known = newest_survey(name) if name else None, ready().get(name)
    before = version.survey if version is not None else known
    if name and before is None:
        raise Http404
    form = posted(request.POST.dict()) if request.method == "POST" else fields(before) if before is not None else begun()
    do = str(form.get("do", ""))
    if do.partition("-")[0] in MOVES:
        return _drawn(request, name, moved(form, do))
    if request.method != "POST":
        return _drawn(request, name, form)
    named = name or str(form.get("name", ""))
    try:
        of = _meant(named, form, new=not name)
    except ConfigError as error:
        return _drawn(request, name, form, status=422, faults=[_placed(line, named) for line in str(error).splitlines()])
    if do == "keep":
        return kept(request, named, of, version)
    return _drawn(request, name, form, seen=_seen(of), odd=missing({named: of}))


def _meant(name: str, form: Fields, *, new: bool) -> Survey:
    """The survey that the form states.

    Raises:
        ConfigError: it cannot be meant, has no name, or a new one has that of another.
    """
    if not name:
        raise ConfigError(_("Give it a name of small letters, digits and _."))
    if new and (newest_survey(name) is not None or name in ready()):
        raise ConfigError(_("There is a survey of this name already."))
    return validated(Surveys, {"surveys": {name: stated(form)}}).surveys[name]


def _placed(fault: str, name: str) -> str:
    """A fault with the place in the form instead of that in the definition."""
    plain = re.sub(rf"^.*?surveys\.{re.escape(name)}(\.|:\s*)", "", fault)
    return re.sub(r"^questions\.(\d+)\.?", lambda match: _("Question %(place)s") % {"place": int(match[1]) + 1} + ": ", plain)


def _drawn(request: Asked, name: str, form: Fields, *, status: int = 200, **more: Any) -> HttpResponse:
    config = desk().workspace.config
    words = {"single": _("single choice"), "multiple": _("multiple choice"), "text": _("text")}
    texts = [
        {"name": of, "title": title, "long": long, "of": [(language, form.get(f"{of}_{language}", "")) for language in LANGUAGES]}
        for of, title, long in (("title", _("Title"), False), ("intro", _("Above the first question"), False), ("thanks", _("At the end"), False), ("subject", _("Subject of the letter"), False), ("text", _("Text of the letter"), True))
    ]
    context = {
        "name": name, "form": form, "texts": texts, "questions": [_question(one, number, len(form["questions"])) for number, one in enumerate(form["questions"])],
        "kinds": [(kind, str(METRICS.get(kind) or words.get(kind, kind))) for kind in KINDS], "touchpoints": sorted({*config.touchpoints, *([form["touchpoint"]] if form.get("touchpoint") else [])}), "groups": sorted(FIELDS), "version": newest_survey(name) is not None if name else False,
    }  # fmt: skip
    return render(request, "kundig/survey_build.html", {**context, **more}, status=status)


def _question(one: Fields, number: int, of: int) -> Fields:
    sided = [{"name": name, "title": title, "of": [(language, one.get(f"{name}_{language}", "")) for language in LANGUAGES]} for name, title in (("ask", _("Question")), ("low", _("Lowest answer")), ("high", _("Highest answer")))]
    return {**one, "number": number, "place": number + 1, "first": number == 0, "last": number == of - 1, "texts": sided if one.get("kind") not in {"single", "multiple", "text"} else sided[:1], "choice": one.get("kind") in {"single", "multiple"}}


def _seen(of: Survey) -> list[dict[str, Any]]:
    """How each question will look, in each language."""
    return [
        {"language": language, "title": said(of.title, language), "intro": said(of.intro, language) if of.intro else "", "thanks": said(of.thanks, language), "questions": [
            {"ask": said(one.ask, language), "kind": one.kind, "options": [str(value) for value in one.scale] or [said(words, language) for words in one.options.values()], "low": said(one.low, language) if one.low else "", "high": said(one.high, language) if one.high else ""}
            for one in of.questions
        ]}
        for language in LANGUAGES
    ]  # fmt: skip
