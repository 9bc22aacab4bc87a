"""Answers as pictures and pages: tokens and formats, small figures, the journey map, charts, the weekly board report.

Pictures are SVG text. Colours in them are `var(--token)`, so one picture serves light, dark and print: a page that has
the style sheet of `tokens.css()` shows them as they are, and `tokens.resolved(svg, "print")` sets plain colours.
"""
