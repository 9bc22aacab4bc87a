"""Customers' own word for a word of the company."""

from kundig.feedback.own_words import own_words

SENT = ["Ihr Entstörungsauftrag wurde angelegt. Der Techniker kommt am Montag."] * 3
SAID = ["Ich habe eine Störungsmeldung gemacht, und der Techniker kommt erst am Montag.", "Meine Rücklastschrift kostet Geld."]


def test_a_word_that_stands_nowhere_does_not_win_by_that():
    """Of a word without surroundings only its meaning is known: nearer by a little is not enough."""
    assert own_words(["Entstörungsauftrag"], ["Rücklastschrift", "Umstellung", "Störungsmeldung"], SENT, SAID, "de") == [["Störungsmeldung", "Rücklastschrift", "Umstellung"]]


def test_a_word_of_another_language_is_nobodys_own_word():
    assert own_words(["Entgeltanpassung"], ["Changing", "Coverage", "Setting"], ["Die Entgeltanpassung folgt."], ["Changing the Coverage Setting"], "de") == [[]]


def test_where_nothing_is_near_nothing_is_proposed():
    assert own_words(["Entstörungsauftrag"], ["Erdbeerkuchen"], SENT, ["Der Erdbeerkuchen war gut."], "de") == [[]]
