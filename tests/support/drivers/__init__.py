"""Drives a provider over gRPC as the engine does, one module per cloud."""
