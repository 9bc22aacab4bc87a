"""One file a silo: what it exports of a block of customers, as messy as it does."""
