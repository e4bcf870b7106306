"""The commands over HTTP, for who has no way to the ledger: each by the permissions that the cluster gives them."""
