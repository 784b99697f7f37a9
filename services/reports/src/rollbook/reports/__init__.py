"""Assembles the reports of an upload and keeps them unaltered."""
