"""The style sheet of what the report draws for the web: tokens, and the journey as a list."""

from __future__ import annotations

from kundig.report import tokens

_LIST = """
.journey-list, .journey-list ul { list-style: none; margin: 0; padding: 0; }
.journey-list .stage { padding: 16px 0; border-top: 1px solid var(--rule-2); }
.journey-list .stage:first-child { border-top: 0; }
.journey-list h3 { margin: 0; font-size: var(--size-section); line-height: var(--line-section); font-weight: 600; }
.journey-list .note { color: var(--ink-2); font-size: var(--size-note); line-height: var(--line-note); font-weight: 400; }
.journey-list p.note { margin: 2px 0 8px; }
.journey-list .touchpoint { border-top: 1px solid var(--rule); }
.journey-list .touchpoint > a, .journey-list .touchpoint > span.row { display: grid; grid-template-columns: 64px 1fr; gap: 0 12px; align-items: center; padding: 10px 0; color: inherit; text-decoration: none; }
.journey-list .touchpoint .note { grid-column: 2; }
.journey-list .name { font-weight: 500; overflow-wrap: anywhere; hyphens: auto; }
.journey-list .moment { display: inline-grid; place-items: center; width: 18px; height: 18px; margin-right: 6px; border-radius: 50%; background: var(--brand); color: var(--on-brand); font-size: 11px; font-weight: 700; }
.pill { display: inline-block; min-width: 34px; padding: 2px 6px; border-radius: 5px; text-align: center; font-size: 13px; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
"""


def css() -> str:
    """Tokens, pills in the five steps, and the list form of the journey; no style stands in a picture itself."""
    pills = "".join(f".pill.s{step} {{ background: var(--s{step}); color: var(--on-s{step}); }}\n" for step in range(1, 6))
    hollow = ".pill.none { border: 1px solid var(--rule-2); color: var(--ink-2); }\n"
    focus = ".journey-map a:focus-visible { outline: 2px solid var(--brand); outline-offset: 2px; }\n"
    return tokens.css() + _LIST.lstrip() + pills + hollow + focus
