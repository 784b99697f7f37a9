"""The validator's ports, on real things."""
