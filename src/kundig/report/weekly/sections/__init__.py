"""The parts of the weekly report, one a file; each leaves itself out, with a reason, where it has nothing to go by."""
