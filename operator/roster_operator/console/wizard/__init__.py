"""The wizard in a browser: the questions of `operations/wizard`, a page each."""
