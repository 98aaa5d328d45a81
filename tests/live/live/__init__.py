"""One endpoint's life on a real account, and what the service said in it. scripts/live says how."""
