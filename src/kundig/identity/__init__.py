"""Who is who: from the subjects of all silos to customers."""

from kundig.identity.golden import customers
from kundig.identity.subjects import identified

__all__ = ["customers", "identified"]
