"""For tests and the examples in docstrings alike."""

import os

from hypothesis import settings

# An answer takes as long as the machine is busy; a deadline would test that.
settings.register_profile("here", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("KUNDIG_PROOF", "ci" if os.environ.get("CI") else "here"))

# Modules of Django want its settings, and those a workspace; tests/web/test_examples.py runs their examples.
collect_ignore_glob = ["src/kundig/web/*", "src/kundig/state/*", "src/kundig/sending/*"]
