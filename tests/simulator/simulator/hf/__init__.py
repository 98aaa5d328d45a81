"""Hugging Face Inference Endpoints."""

from simulator.hf.cloud import HuggingFace

__all__ = ["HuggingFace"]
