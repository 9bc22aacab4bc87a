"""What the silos hold: one kind of source a file, and how its rows become events and traits."""

from kundig.sources.mapping import Computed, EventMapping, Lookup, Source, TraitMapping
from kundig.sources.readers import Place, Reader, Rows, kinds

__all__ = ["Computed", "EventMapping", "Lookup", "Place", "Reader", "Rows", "Source", "TraitMapping", "kinds"]
