"""All of Rollbook in one process, and the rollbook command."""
