"""The commands that ask and decide, each thin over its operation: options in, a table, JSON or YAML out."""
