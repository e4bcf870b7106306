"""The license store."""
