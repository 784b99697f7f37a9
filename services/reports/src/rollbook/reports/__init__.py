"""Assembles the reports of an upload and keeps them unaltered.

Owns: the history of uploads, batches of findings, reports and the chain of their hashes.
Hears: upload.file.*, upload.processing.requested, upload.status.changed; what validator and roster find.
Says: reports.report.ready.
Serves: /reports.
"""
