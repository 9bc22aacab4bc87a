"""From the silos' rows to facts in the lake: nothing lost, nothing doubled."""

from kundig.ingest.importing import Imported, import_source

__all__ = ["Imported", "import_source"]
