"""What goes outside: the outbox is emptied, each row once as far as the other side allows, and every refusal is recorded."""
