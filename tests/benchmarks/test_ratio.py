"""What a benchmark prints of a figure."""

from benchmarks.ratio import Ratio


def test_what_misses_its_target_by_little_is_seen_to():
    near = Ratio("area", 0.98891, 0.989, "", at_least=True)
    assert (near.said.strip(), near.met) == ("0.9889", False)
    assert [Ratio("time", 12.3456, target).said for target in (None, 20, 1.75)] == ["12.35 ×", "12.35 ×", "12.346 ×"]
