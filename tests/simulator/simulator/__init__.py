"""Model-inference clouds served on loopback, for tests."""
