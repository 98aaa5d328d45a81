"""Random lives of an endpoint, judged by a model that knows nothing of the provider."""
