"""Faults between the provider and the clouds, and what is left when they are over."""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
# What drives providers and describes clouds is shared with these tests.
sys.path[:0] = [str(TESTS / "cli"), str(TESTS / "provider")]
