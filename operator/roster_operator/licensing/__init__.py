"""From a roster to licenses: who is entitled to what, and whether removing is safe. Pure."""
