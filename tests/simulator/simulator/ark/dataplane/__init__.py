"""The data plane: what an endpoint answers to those who call it with a Bearer key."""
