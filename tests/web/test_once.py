"""A piece of a page is rendered once for the objects that it shows, and anew for others, another language and other words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Figure:
    """Tells how often it was looked at."""

    name: str
    looked: list[str]

    def shown(self) -> str:
        """The name, which the piece shows."""
        self.looked.append(self.name)
        return self.name


def rendered(text: str, **context: Any) -> str:
    from django.template import engines

    return engines["django"].from_string(text).render(context)


def test_a_piece_is_rendered_once_for_the_same_objects_and_words(site):
    from django.template import engines
    from django.utils.translation import override

    looked: list[str] = []
    ada, ben = Figure("<ada>", looked), Figure("ben", looked)
    template = engines["django"].from_string("{% for one in figures %}{% once one view %}{{ one.shown }} in {{ view }}; {% endonce %}{% endfor %}")
    first = template.render({"figures": [ada, ben], "view": "small"})
    assert (first, looked) == ("&lt;ada&gt; in small; ben in small; ", ["<ada>", "ben"])
    assert (template.render({"figures": [ben, ada], "view": "small"}), len(looked)) == ("ben in small; &lt;ada&gt; in small; ", 2)
    assert (template.render({"figures": [ada], "view": "large"}), len(looked)) == ("&lt;ada&gt; in large; ", 3)
    # An equal object is another one: what it shows is not known.
    assert (template.render({"figures": [Figure("ben", looked)], "view": "small"}), len(looked)) == ("ben in small; ", 4)
    for language, times in (("de", 1), ("en", 2)):
        with override(language):
            template.render({"figures": [ada], "view": "other"})
        assert len(looked) == 4 + times


def test_two_pieces_of_the_same_object_are_not_taken_for_each_other(site):
    one = Figure("ada", [])
    assert rendered("{% once one %}first {{ one.shown }}{% endonce %}, {% once one %}then {{ one.shown }}{% endonce %}", one=one) == "first ada, then ada"


def test_a_piece_is_rendered_also_where_the_configuration_cannot_be_meant(site, monkeypatch):
    from kundig.errors import ConfigError
    from kundig.web import pictures

    class Closed:
        @property
        def workspace(self) -> None:
            raise ConfigError("kundig.yaml: no company")

    monkeypatch.setattr(pictures, "desk", Closed)
    assert rendered("{% once one %}{{ one.shown }}{% endonce %}", one=Figure("ada", [])) == "ada"


def test_a_piece_that_hangs_on_nothing_is_refused(site):
    from django.template import TemplateSyntaxError

    with pytest.raises(TemplateSyntaxError, match="once expects what decides"):
        rendered("{% once %}ada{% endonce %}")
