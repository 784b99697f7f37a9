"""The ports of the reports service, on real things."""
