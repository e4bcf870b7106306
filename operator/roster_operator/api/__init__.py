"""The Kubernetes API: wire models, conditions and reasons, the CRD generator."""
