"""What others need of the license store, apart for who syncs and for who gives districts away; no SQL."""
