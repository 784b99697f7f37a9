"""The roster's tables, and reading and writing them in bulk."""
