"""The normal distribution as an expression that every engine computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

_ERFC = (-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277)


def two_sided(z: ir.NumericValue) -> ir.FloatingValue:
    """The chance of a standard normal value at least as far from 0 as `z`.

    A Chebyshev fit of the complementary error function; its relative error is below 1.2e-7 everywhere.
    Source: Press and others (1992), Numerical Recipes, 6.2.
    """
    x = z.abs() / 2.0**0.5
    t = 1.0 / (1.0 + x / 2.0)
    power = t * _ERFC[-1] + _ERFC[-2]
    for coefficient in _ERFC[-3::-1]:
        power = power * t + coefficient
    return t * (power - x * x).exp()
