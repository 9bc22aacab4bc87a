"""What arrives live: how Segment's calls and webhooks' payloads become events and traits; the key `live:` of kundig.yaml."""
