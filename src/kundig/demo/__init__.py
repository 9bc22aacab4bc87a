"""The simulated company Nordwind Mobil: two and a half years of customers who decide for reasons.

Every analysis needs data where the right answer is known. What was planted, and what only looks alike, stands in
the `truth.json` that is written beside the data. No analysis imports this room.

>>> from kundig.demo import simulate
>>> simulate(Path("nordwind"), customers=5_000, seed=7)     # doctest: +SKIP
"""

from kundig.demo.company import simulate

__all__ = ["simulate"]
