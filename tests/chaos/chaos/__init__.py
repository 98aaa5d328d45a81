"""Faults between the provider and the clouds, and what is left when they are over."""
