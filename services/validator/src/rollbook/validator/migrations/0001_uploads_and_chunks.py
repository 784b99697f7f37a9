"""Uploads, the results of their chunks, and the tables of messaging."""

import sqlalchemy as sa
from alembic import op

from rollbook.common.outbox.tables import metadata as messaging

revision = "validator_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    messaging.create_all(op.get_bind())
    op.create_table(
        "upload",
        sa.Column("upload_id", sa.String(36), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("file", sa.JSON, nullable=False),
        sa.Column("released", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("upload_id", name="pk_upload"),
    )
    op.create_table(
        "unwanted_upload",
        sa.Column("upload_id", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("upload_id", name="pk_unwanted_upload"),
    )
    op.create_table(
        "chunk_result",
        sa.Column("upload_id", sa.String(36), nullable=False),
        sa.Column("chunk", sa.Integer, nullable=False, autoincrement=False),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("rows", "records", "rejected", "errors", "warnings", "batches")
        ),
        sa.PrimaryKeyConstraint("upload_id", "chunk", name="pk_chunk_result"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.upload_id"], name="fk_chunk_result_upload_id_upload"),
    )


def downgrade() -> None:
    """Drop everything."""
    for table in ("chunk_result", "unwanted_upload", "upload"):
        op.drop_table(table)
    messaging.drop_all(op.get_bind())
