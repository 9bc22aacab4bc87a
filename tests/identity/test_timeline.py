import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kundig.identity.timeline import OPEN, timeline


def told(count, *links):
    a, b, since = (np.array(part, dtype=np.int64) for part in (zip(*links, strict=True) if links else ([], [], [])))
    found = timeline(count, a, b, since)
    return list(zip(*(part.tolist() for part in (found.member, found.customer, found.link, found.since, found.until)), strict=True))


def test_two_that_are_tied_are_called_after_the_first_since_the_link_is_known():
    assert told(3, (2, 1, 50)) == [(1, 1, 0, 50, OPEN), (2, 1, 0, 50, OPEN)]


def test_on_a_merge_the_older_name_survives_and_what_was_before_is_remembered():
    assert told(4, (1, 2, 10), (3, 2, 20), (0, 3, 30)) == [
        (0, 0, 2, 30, OPEN),
        (1, 1, 0, 10, 30),
        (1, 0, 2, 30, OPEN),
        (2, 1, 0, 10, 30),
        (2, 0, 2, 30, OPEN),
        (3, 1, 1, 20, 30),
        (3, 0, 2, 30, OPEN),
    ]


def test_without_links_nobody_has_a_row():
    assert told(5) == []


def at(rows, count, moment):
    """The customer of each member at a moment."""
    now = {member: customer for member, customer, _, since, until in rows if since <= moment < until}
    return [now.get(member, member) for member in range(count)]


def oracle(count, links, moment):
    """The lowest member that can be reached over links known by then."""
    label = list(range(count))
    for _ in range(count):
        for a, b, since in links:
            if since <= moment:
                label[a] = label[b] = min(label[a], label[b])
    return label


links = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(0, 6)), max_size=14)


@given(links)
def test_at_every_moment_customers_are_who_is_tied_by_then(links):
    rows = told(9, *links)
    for moment in range(-1, 8):
        assert at(rows, 9, moment) == oracle(9, links, moment)


@given(links, st.randoms())
def test_the_order_in_which_links_are_told_does_not_matter(links, random):
    shuffled = list(links)
    random.shuffle(shuffled)
    assert [row[:2] + row[3:] for row in told(9, *links)] == [row[:2] + row[3:] for row in told(9, *shuffled)]
