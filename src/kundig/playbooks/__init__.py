"""What to do when it happens, and when it does not: conditions, steps, and the playbooks made of them."""
