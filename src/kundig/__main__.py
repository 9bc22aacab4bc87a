"""`python -m kundig`."""

from kundig.cli import main

main()
