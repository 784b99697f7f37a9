"""Districts, uploads, the files on their way in, and the tables of messaging."""

import sqlalchemy as sa
from alembic import op

from rollbook.common.outbox.tables import metadata as messaging

revision = "upload_0001"
down_revision = None
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create everything."""
    messaging.create_all(op.get_bind())
    op.create_table(
        "district",
        sa.Column("district_id", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("enrollment_source", sa.String(20), nullable=False),
        sa.Column("allow_school_creation", sa.Boolean, nullable=False),
        sa.Column("thresholds", sa.JSON, nullable=False),
        sa.Column("schools", sa.JSON, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("district_id", name="pk_district"),
    )
    op.create_table(
        "upload",
        sa.Column("upload_id", sa.String(36), nullable=False),
        sa.Column("district_id", sa.String(100), nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("sub", sa.String(255), nullable=False),
        sa.Column("person_name", sa.String(255), nullable=False),
        sa.Column("uploaded_at", _TIME, nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("size_bytes", sa.BigInteger),
        sa.Column("rows", sa.Integer),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("refusal", sa.JSON),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("idempotency_key", sa.String(255)),
        sa.Column("moved_at", _TIME, nullable=False),
        sa.Column("stalls", sa.Integer, nullable=False),
        sa.Column("silent", sa.Integer, nullable=False),
        sa.Column("approval", sa.JSON),
        sa.Column("undoes", sa.String(36)),
        sa.Column("undone_by", sa.String(36)),
        sa.PrimaryKeyConstraint("upload_id", name="pk_upload"),
        sa.UniqueConstraint("district_id", "idempotency_key", name="uq_upload_district_id_idempotency_key"),
    )
    op.create_index("ix_upload_history", "upload", ["district_id", "uploaded_at", "upload_id"])
    busy = sa.text("status IN ('validating', 'processing') AND undoes IS NULL")
    op.create_index(
        "ix_upload_one_at_a_time",
        "upload",
        ["district_id"],
        unique=True,
        postgresql_where=busy,
        sqlite_where=busy,
    )
    op.create_table(
        "checked_chunk",
        sa.Column("upload_id", sa.String(36), nullable=False),
        sa.Column("chunk", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "chunk", name="pk_checked_chunk"),
    )
    op.create_table(
        "incoming",
        sa.Column("upload_id", sa.String(36), nullable=False),
        sa.Column("begun_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("upload_id", name="pk_incoming"),
    )


def downgrade() -> None:
    """Drop everything."""
    for table in ("incoming", "checked_chunk", "upload", "district"):
        op.drop_table(table)
    messaging.drop_all(op.get_bind())
