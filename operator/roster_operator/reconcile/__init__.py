"""One reconcile, with and without a cluster: its contract, its steps, and the status that comes of it."""
