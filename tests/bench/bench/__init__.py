"""Figures of a release build: start, memory, instructions, many creates at once."""
