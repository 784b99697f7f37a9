"""What a roster is, how a file is compared with it, and how the outcome is counted.  Pure Polars."""
