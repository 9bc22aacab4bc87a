"""How fast kundig is, as ratios to named peers, each measured beside it in the same run."""
