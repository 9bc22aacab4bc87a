"""The door: HTTP in, durable arrivals out."""
