"""Where the roster is asked."""
