"""How the world asks the reports service."""
