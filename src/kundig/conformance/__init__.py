"""Journeys as steps, and what became of the rules of a target journey: what several rooms ask of them."""
