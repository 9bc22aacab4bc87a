"""Customers one by one: the list of all, the file of one, and who is behind a figure.

Analyses answer about many; these are functions of the same journal about the persons or accounts themselves. They know
no engine either. What they give has a row for each customer, event or statement, so a right to see customers is needed
before it is shown.
"""

from kundig.customers.directory import directory
from kundig.customers.file import said_of, timeline, traits_of
from kundig.customers.members import Behind, Row, chosen, counted, everybody, members
from kundig.customers.posts import posts
from kundig.customers.raised import raised
from kundig.customers.selection import Selection, behind, quotes
from kundig.customers.uncounted import UNCOUNTED

__all__ = ["UNCOUNTED", "Behind", "Row", "Selection", "behind", "chosen", "counted", "directory", "everybody", "members", "posts", "quotes", "raised", "said_of", "timeline", "traits_of"]
