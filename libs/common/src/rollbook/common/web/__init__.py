"""What every HTTP interface here has in common: problems, identity, pages, the application."""
