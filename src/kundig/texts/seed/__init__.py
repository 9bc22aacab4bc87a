"""The seed models: what kundig knows of moods before a company has taught it anything; learnt from texts of its own."""
