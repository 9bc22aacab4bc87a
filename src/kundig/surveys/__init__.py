"""Surveys: what is asked, of whom, how often; and what an answer is to the journal."""
