"""Finds everything that is wrong in a file, chunk by chunk."""
