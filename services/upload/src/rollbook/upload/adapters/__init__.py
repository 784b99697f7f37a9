"""The upload service's records, in its database."""
