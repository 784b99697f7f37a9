"""Finds everything that is wrong in a file, chunk by chunk.

Owns: which chunks of which upload are checked, rows files in the object store.
Hears: upload.file.received, upload.status.changed, upload.upload.stalled, and its own work.
Says: validator.rows.rejected, validator.chunk.checked, validator.file.validated.
Serves: nothing over HTTP but its health and metrics.
"""
