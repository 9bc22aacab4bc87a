"""What can set a playbook off: each condition a frozen value in a file of its own."""
