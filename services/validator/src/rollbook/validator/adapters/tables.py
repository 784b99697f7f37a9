"""The validator's own tables."""

import sqlalchemy as sa

from rollbook.common.database import NAMING

metadata = sa.MetaData(naming_convention=NAMING)

upload = sa.Table(
    "upload",
    metadata,
    sa.Column("upload_id", sa.String(36), primary_key=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("file", sa.JSON, nullable=False),  # upload.file.received, as it was on the wire
    sa.Column("released", sa.Integer, nullable=False),
)

# An upload may be cancelled before its file is heard of, so this does not refer to `upload`.
unwanted_upload = sa.Table(
    "unwanted_upload", metadata, sa.Column("upload_id", sa.String(36), primary_key=True)
)

chunk_result = sa.Table(
    "chunk_result",
    metadata,
    sa.Column("upload_id", sa.String(36), sa.ForeignKey("upload.upload_id"), primary_key=True),
    sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("records", sa.Integer, nullable=False),
    sa.Column("rejected", sa.Integer, nullable=False),
    sa.Column("errors", sa.Integer, nullable=False),
    sa.Column("warnings", sa.Integer, nullable=False),
    sa.Column("batches", sa.Integer, nullable=False),
)
