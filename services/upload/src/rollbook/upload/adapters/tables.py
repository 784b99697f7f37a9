"""The upload service's own tables."""

import sqlalchemy as sa

from rollbook.common.database import NAMING, UtcDateTime

metadata = sa.MetaData(naming_convention=NAMING)
# An undo stands behind the upload that it undoes, which is busy meanwhile.
_BUSY = sa.text("status IN ('validating', 'processing') AND undoes IS NULL")

district = sa.Table(
    "district",
    metadata,
    sa.Column("district_id", sa.String(100), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("enrollment_source", sa.String(20), nullable=False),
    sa.Column("allow_school_creation", sa.Boolean, nullable=False),
    sa.Column("thresholds", sa.JSON, nullable=False),
    sa.Column("schools", sa.JSON, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
)

upload = sa.Table(
    "upload",
    metadata,
    sa.Column("upload_id", sa.String(36), primary_key=True),
    sa.Column("district_id", sa.String(100), nullable=False),
    sa.Column("status", sa.String(30), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("file_name", sa.String(255), nullable=False),
    sa.Column("sub", sa.String(255), nullable=False),
    sa.Column("person_name", sa.String(255), nullable=False),
    sa.Column("uploaded_at", UtcDateTime, nullable=False),
    sa.Column("sha256", sa.String(64)),
    sa.Column("size_bytes", sa.BigInteger),
    sa.Column("rows", sa.Integer),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("refusal", sa.JSON),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("idempotency_key", sa.String(255)),
    sa.Column("moved_at", UtcDateTime, nullable=False),
    sa.Column("stalls", sa.Integer, nullable=False),  # ever; names the next upload.stalled
    sa.Column("silent", sa.Integer, nullable=False),  # stalls since it last moved
    sa.Column("approval", sa.JSON),
    sa.Column("undoes", sa.String(36)),
    sa.Column("undone_by", sa.String(36)),
    sa.UniqueConstraint("district_id", "idempotency_key"),
    sa.Index("ix_upload_history", "district_id", "uploaded_at", "upload_id"),
    # One file at a time, whoever races whom.
    sa.Index(
        "ix_upload_one_at_a_time", "district_id", unique=True, postgresql_where=_BUSY, sqlite_where=_BUSY
    ),
)

checked_chunk = sa.Table(
    "checked_chunk",
    metadata,
    sa.Column("upload_id", sa.String(36), primary_key=True),
    sa.Column("chunk", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("rows", sa.Integer, nullable=False),
)

# Files on their way in: what is left here by a process that died is removed with its objects.
incoming = sa.Table(
    "incoming",
    metadata,
    sa.Column("upload_id", sa.String(36), primary_key=True),
    sa.Column("begun_at", UtcDateTime, nullable=False),
)
