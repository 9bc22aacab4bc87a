"""What has come is compared with what is there, and nothing else is compared again."""

import random
from datetime import datetime, timedelta, timezone

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.identity.fresh import Compared
from kundig.identity.identify import identify
from kundig.identity.learning import keep_compared, keep_model, kept_compared, kept_model
from kundig.identity.probable import probable

COLUMNS = ("given_name", "family_name", "birth_date", "city")
START = datetime(2026, 3, 1, tzinfo=timezone.utc)


def person(number, copy):
    """A person's record; the second is written otherwise."""
    said = {"given_name": f"N{number % 11}", "family_name": f"F{number % 7}", "birth_date": f"19{40 + number}-0{1 + number % 9}-11", "city": f"T{number % 5}"}
    return {"subject": f"s{number:02}{'ab'[copy]}", **said, **([{}, {"family_name": f"F{number % 7}x"}, {"birth_date": None}, {"city": "T9"}][number % 4] if copy else {})}


EVERYBODY = [person(number, copy) for number in range(30) for copy in (0, 1)]


def table(rows):
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in ("subject", *COLUMNS)]))


@pytest.fixture(scope="module")
def model():
    """What was learned from half of them: the rest has values that it never saw."""
    return probable(table(EVERYBODY[:40])).model


changes = st.dictionaries(st.sampled_from(range(len(EVERYBODY))), st.sampled_from([{"city": "T0"}, {"birth_date": "1940-01-11"}, {"family_name": None}, {"given_name": "N1", "family_name": "F1"}]), max_size=4)


in_steps = given(order=st.permutations(range(len(EVERYBODY))), cuts=st.lists(st.integers(0, len(EVERYBODY)), max_size=3), changed=changes, gone=st.sets(st.sampled_from(range(len(EVERYBODY))), max_size=4))


@settings(max_examples=3, deadline=None)
@in_steps
def test_steps_in_any_partition_and_order_give_what_comparing_all_at_once_gives(model, order, cuts, changed, gone):
    compared_in_steps(model, order, cuts, changed, gone)


@pytest.mark.soak
@settings(max_examples=40, deadline=None)
@in_steps
def test_many_steps_in_any_partition_and_order_give_what_comparing_all_at_once_gives(model, order, cuts, changed, gone):
    compared_in_steps(model, order, cuts, changed, gone)


def compared_in_steps(model, order, cuts, changed, gone):
    """Some who are there from the beginning say something else in the end, and some are gone."""
    last = [{**EVERYBODY[number], **changed.get(number, {})} for number in order if number not in gone]
    compared = None
    for cut in sorted(cuts):
        compared = probable(table([EVERYBODY[number] for number in order[:cut]]), model=model, before=compared).compared or compared
    steps = probable(table(last), model=model, before=compared)
    once = probable(table(last), model=model)
    assert steps.pairs.equals(once.pairs)
    assert steps.threshold == once.threshold


def test_only_who_has_come_or_says_something_else_is_compared(model):
    first = probable(table(EVERYBODY[:40]), model=model)
    then = probable(table([{**EVERYBODY[0], "city": "T4"}, *EVERYBODY[1:41]]), model=model, before=first.compared)
    assert (first.fresh, then.fresh) == (40, 2)
    assert probable(table(EVERYBODY[:41]), model=model, before=then.compared).fresh == 1


def test_a_value_that_too_many_come_to_share_brings_nobody_together_and_does_again_when_they_have_gone(model):
    most = max(model.plan.largest)
    crowd = [{"subject": f"x{number}", "family_name": f"X{number}", "birth_date": "2001-01-01"} for number in range(most + 1)]
    two = [{"subject": f"y{part}", "given_name": "Yda", "birth_date": "2001-01-01", "city": f"Y{part}"} for part in "ab"]
    states = [table([*EVERYBODY[:40], *two]), table([*EVERYBODY[:40], *two, *crowd]), table([*EVERYBODY[:40], *two])]
    compared: Compared | None = None
    seen = []
    for state in states:
        found = probable(state, model=model, before=compared)
        assert found.pairs.equals(probable(state, model=model).pairs)
        seen.append(found.compared.closed.num_rows)
        compared = found.compared
    assert seen[0] == seen[2] < seen[1]


def test_another_model_compares_all_anew(model):
    first = probable(table(EVERYBODY[:40]), model=model)
    other = probable(table(EVERYBODY)).model
    assert other.name != model.name
    assert probable(table(EVERYBODY[:40]), model=other, before=first.compared).fresh == 40


def test_what_was_learned_and_compared_is_read_back_as_it_was(model, tmp_path):
    file = tmp_path / "resemblance.json"
    compared = probable(table(EVERYBODY[:40]), model=model).compared
    keep_model(file, model)
    keep_compared(file, compared)
    assert kept_model(file).name == model.name
    again = kept_compared(file)
    assert (again.model, again.records.equals(compared.records), again.pairs.equals(compared.pairs), again.closed.equals(compared.closed)) == (model.name, True, True, True)


def test_files_of_two_runs_are_not_taken_for_one(model, tmp_path):
    """As when a run was cut off between two files: all is compared anew."""
    file = tmp_path / "resemblance.json"
    keep_compared(file, probable(table(EVERYBODY[:40]), model=model).compared)
    before = (tmp_path / "resemblance" / "pairs.parquet").read_bytes()
    keep_compared(file, probable(table(EVERYBODY[:44]), model=model).compared)
    (tmp_path / "resemblance" / "pairs.parquet").write_bytes(before)
    assert kept_compared(file) is None
    assert kept_compared(tmp_path / "nothing.json") is None


def test_frequencies_of_another_model_are_not_taken_for_this_one(model, tmp_path):
    file = tmp_path / "resemblance.json"
    keep_model(file, probable(table(EVERYBODY)).model)
    before = (tmp_path / "resemblance" / "frequencies.parquet").read_bytes()
    keep_model(file, model)
    (tmp_path / "resemblance" / "frequencies.parquet").write_bytes(before)
    assert kept_model(file) is None


def traits(rows, known_at=START):
    schema = pa.schema([("subject", pa.string()), ("known_at", pa.timestamp("us", "UTC")), ("email", pa.string()), *((name, pa.string()) for name in COLUMNS)])
    return pa.Table.from_pylist([{"known_at": known_at, **row} for row in rows], schema=schema)


@pytest.fixture(scope="module")
def begun():
    """A first run over two thirds of them."""
    return identify(traits(EVERYBODY[:40]), at=START)


coming = given(seed=st.integers(0, 999), cuts=st.lists(st.integers(1, 19), max_size=2), mails=st.dictionaries(st.integers(0, 59), st.sampled_from(["x@example.de", "y@example.de"]), max_size=5))


@settings(max_examples=2, deadline=None)
@coming
def test_customers_are_the_same_by_steps_and_all_at_once_with_keys_and_resemblance(begun, seed, cuts, mails):
    identified_in_steps(begun, seed, cuts, mails)


@pytest.mark.soak
@settings(max_examples=20, deadline=None)
@coming
def test_many_customers_are_the_same_by_steps_and_all_at_once_with_keys_and_resemblance(begun, seed, cuts, mails):
    identified_in_steps(begun, seed, cuts, mails)


def identified_in_steps(begun, seed, cuts, mails):
    """Who comes later joins customers that are there; a mailbox that becomes known ties records that were compared apart."""
    late = EVERYBODY[40:]
    random.Random(seed).shuffle(late)
    said = [{**row, "known_at": START} for row in EVERYBODY[:40]] + [{**row, "known_at": START + timedelta(days=1)} for row in late]
    told = [{"subject": EVERYBODY[number]["subject"], "email": mail, "known_at": START + timedelta(days=2)} for number, mail in mails.items()]
    run = begun
    for day, cut in enumerate(sorted(cuts), start=3):
        run = identify(traits(said[: 40 + cut]), at=START + timedelta(days=day), order=run.order, model=run.model, compared=run.compared)
    last = traits(said + told)
    steps = identify(last, at=START + timedelta(days=9), order=run.order, model=run.model, compared=run.compared)
    once = identify(last, at=START + timedelta(days=9), order=run.order, model=run.model)
    assert steps.identities.equals(once.identities)
    assert steps.review.equals(once.review)
    assert steps.links.equals(once.links)


def test_a_model_is_learned_anew_when_half_as_many_have_come_and_when_the_keys_change(begun):
    from kundig.settings import Identity

    more = [{**row, "subject": f"z{number}{row['subject']}", "birth_date": "1911-01-01"} for number in range(2) for row in EVERYBODY[:10]]
    same = identify(traits(EVERYBODY), at=START, order=begun.order, model=begun.model, compared=begun.compared)
    assert same.model.name == begun.model.name
    grown = identify(traits([*EVERYBODY, *more]), at=START, order=begun.order, model=begun.model, compared=begun.compared)
    assert (grown.model.records, grown.fresh) == (80, (80, 80))
    stricter = identify(traits(EVERYBODY[:40]), at=START, settings=Identity(precision=0.99), order=begun.order, model=begun.model, compared=begun.compared)
    assert stricter.model.settled != begun.model.settled
