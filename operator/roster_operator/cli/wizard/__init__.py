"""The wizard in a terminal: it asks what `operations.wizard` needs to know, and hands over what comes of it."""
