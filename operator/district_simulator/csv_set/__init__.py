"""OneRoster CSV sets, versions 1.1 and 1.2: written to a folder or ZIP, or served as a file over HTTP."""
