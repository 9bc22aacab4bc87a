"""`{% once figure %}…{% endonce %}`: a piece of a page that is rendered once, as long as what it shows is the same object."""

from __future__ import annotations

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString

from kundig.errors import KundigError
from kundig.web.pictures import once

register = template.Library()
PLAIN = (str, int, float, bool, type(None))


class Once(template.Node):
    """A piece, and the objects that decide how it looks, but the reader's language and the configuration."""

    def __init__(self, of: list[FilterExpression], piece: NodeList) -> None:
        self.of = of
        self.nodelist = piece

    def render(self, context: Context) -> SafeString:
        """The piece as it was rendered for the same objects."""
        of = [one.resolve(context) for one in self.of]
        words = tuple(one for one in of if isinstance(one, PLAIN))
        places = tuple(isinstance(one, PLAIN) for one in of)
        try:
            return once(self, (words, places), lambda: self.nodelist.render(context), [one for one in of if not isinstance(one, PLAIN)])
        except KundigError:
            # A configuration that cannot be meant is told by the page itself.
            return self.nodelist.render(context)


@register.tag("once")
def _once(parser: Parser, token: Token) -> Once:
    """`{% once a b %}` shows nothing but what hangs on a and b; tokens of forms and what the address says have no place in it."""
    names = token.split_contents()[1:]
    if not names:
        raise template.TemplateSyntaxError("once expects what decides how its piece looks, such as {% once figure %}")
    piece = parser.parse(("endonce",))
    parser.delete_first_token()
    return Once([parser.compile_filter(name) for name in names], piece)
