"""Customers' own word for a word of the company."""

import numpy as np

from kundig.texts.own_words import near, own_words
from kundig.texts.pairs import PAIRS, found

SENT = ["Ihr Entstörungsauftrag wurde angelegt. Der Techniker kommt am Montag."] * 3
SAID = ["Ich habe eine Störungsmeldung gemacht, und der Techniker kommt erst am Montag.", "Meine Rücklastschrift kostet Geld."]


def test_a_word_that_stands_nowhere_does_not_win_by_that():
    """Of a word without surroundings only its meaning is known: nearer by a little is not enough."""
    assert own_words(["Entstörungsauftrag"], ["Rücklastschrift", "Umstellung", "Störungsmeldung"], SENT, SAID, "de") == [["Störungsmeldung", "Rücklastschrift", "Umstellung"]]


def test_a_word_of_another_language_is_nobodys_own_word():
    assert own_words(["Entgeltanpassung"], ["Changing", "Coverage", "Setting"], ["Die Entgeltanpassung folgt."], ["Changing the Coverage Setting"], "de") == [[]]


def test_where_nothing_is_near_nothing_is_proposed():
    assert own_words(["Entstörungsauftrag"], ["Erdbeerkuchen"], SENT, ["Der Erdbeerkuchen war gut."], "de") == [[]]


def test_what_lies_near_to_everything_is_nearest_to_nothing():
    """Sixty words around a middle, and one that is the middle: plainly it is the nearest to a word that leans towards the first."""
    rng = np.random.default_rng(3)
    middle, aside = np.eye(40)[0], rng.normal(0, 0.25, (60, 40))
    theirs = np.vstack([middle + aside, middle])
    theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
    ours = middle + 0.3 * aside[:1]
    plain, centred = near(ours / np.linalg.norm(ours), theirs)
    assert (plain[0].argmax(), centred[0].argmax()) == (60, 0)


def test_a_proposal_is_measured_on_pairs_that_anybody_can_run_again():
    first, among = found(["Mein Handy ist kaputt.", "Das Frühstück im Hotel war gut.", "Der Fahrpreis ist zu hoch."])
    assert (0.1 < first < among < 0.9, len(PAIRS), any(own.lower() == theirs.lower() for own, theirs in PAIRS.items())) == (True, 36, False)
