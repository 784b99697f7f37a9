"""Compares a file with the stored roster and applies what was decided."""
