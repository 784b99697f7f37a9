"""The HTTP interface of the upload service."""
