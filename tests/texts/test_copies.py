"""Copies are found though a word was changed, and texts on the same subject are none."""

from kundig.texts.copies import originals

CALL = "bitte unterschreibt heute noch alle die petition gegen die neuen preise von nord und sagt es weiter"


def test_a_copy_with_a_word_changed_is_a_copy_and_the_same_complaint_in_other_words_is_none():
    changed = [CALL.replace("heute noch", "jetzt"), CALL + " an alle", "achtung " + CALL]
    other = "die neuen preise von nord sind eine frechheit und ich werde nach all den jahren kündigen"
    found = originals([CALL, *changed, other])
    assert (len(set(found[:4])), found[4]) == (1, other)


def test_short_texts_are_copies_only_if_they_are_equal():
    assert originals(["danke für alles", "danke für nichts", "danke für alles"]) == ["danke für alles", "danke für nichts", "danke für alles"]


def test_ten_thousand_different_texts_stay_different():
    texts = [f"wort{a} mein paket{b} kam{a} heute{b} schon{a} wieder{b} viel{a} zu{b} spät{a} an{b}" for a in range(100) for b in range(100)]
    assert originals(texts) == texts


def test_a_million_letters_and_nothing_at_all_are_texts():
    assert originals(["", "a " * 5_000, ""]) == ["", "a " * 5_000, ""]
    assert originals([]) == []
