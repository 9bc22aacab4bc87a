"""Launches and jargon that were planted are found in what customers wrote; what only looks alike is not."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def read(company):
    company.workspace.read()
    return company


def test_the_bad_launch_turns_after_its_six_good_hours_and_the_loud_one_stays_good(read):
    planted = read.truth["6_launches"]
    rows = {row["product"]: row for row in read.ask("feedback.launches")}
    turned = rows[planted["where"]["product"]]["turned"]
    assert planted["where"]["turns_after_hours"] < turned <= planted["where"]["turns_after_hours"] + 18
    assert (rows[planted["decoy"]["product"]]["state"], rows[planted["decoy"]["product"]]["turned"]) == ("ok", None)


def test_the_words_that_only_the_company_uses_are_found_and_a_rare_one_is_not(read):
    planted = read.truth["8_jargon"]
    found = {row["word"]: row for row in read.ask("feedback.jargon") if row["state"] == "jargon"}
    assert set(found) == set(planted["words"])
    assert planted["decoy"]["word"] not in found
