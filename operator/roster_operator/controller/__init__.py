"""The controller: when to reconcile, the reconcile itself, and what the status says of it."""
