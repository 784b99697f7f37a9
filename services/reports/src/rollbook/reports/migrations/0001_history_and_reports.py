"""The history, batches of findings, reports and their chain, and the tables of messaging."""

import sqlalchemy as sa
from alembic import op

from rollbook.common.database import UtcDateTime
from rollbook.common.outbox.tables import metadata as messaging

revision = "reports_0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.String(100)
_PARTS = ("file", "details", "report")


def upgrade() -> None:
    """Create everything."""
    messaging.create_all(op.get_bind())
    op.create_table(
        "upload",
        sa.Column("upload_id", _ID, nullable=False),
        sa.Column("district_id", _ID, nullable=False),
        sa.Column("kind", sa.String(20)),
        sa.Column("file_name", sa.Text),
        sa.Column("uploaded_by", sa.Text),
        sa.Column("uploaded_by_name", sa.Text),
        sa.Column("uploaded_at", UtcDateTime),
        sa.Column("status", sa.String(30)),
        sa.Column("status_at", UtcDateTime),
        sa.Column("search", sa.Text),
        *(sa.Column(f"{part}_removed_at", UtcDateTime) for part in _PARTS),
        sa.PrimaryKeyConstraint("upload_id", name="pk_upload"),
    )
    op.create_index(
        "ix_upload_district_id_uploaded_at", "upload", ["district_id", "uploaded_at", "upload_id"]
    )
    for part in _PARTS:
        still_there = sa.text(f"{part}_removed_at IS NULL")
        op.create_index(
            f"ix_upload_{part}_kept",
            "upload",
            ["uploaded_at"],
            postgresql_where=still_there,
            sqlite_where=still_there,
        )
    op.create_index("ix_upload_uploaded_at", "upload", ["uploaded_at", "upload_id"])
    op.create_index("ix_upload_status_uploaded_at", "upload", ["status", "uploaded_at", "upload_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.create_index(
            "ix_upload_search",
            "upload",
            ["search"],
            postgresql_using="gin",
            postgresql_ops={"search": "gin_trgm_ops"},
        )
    op.create_table(
        "heard",
        sa.Column("upload_id", _ID, nullable=False),
        sa.Column("type", sa.String(60), nullable=False),
        sa.Column("event", sa.JSON, nullable=False),
        sa.Column("heard_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "type", name="pk_heard"),
    )
    op.create_table(
        "batch",
        sa.Column("upload_id", _ID, nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("phase", sa.String(40), nullable=False),
        sa.Column("batch", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("min_row", sa.BigInteger, nullable=False),
        sa.Column("max_row", sa.BigInteger, nullable=False),
        sa.Column("errors", sa.Integer, nullable=False),
        sa.Column("warnings", sa.Integer, nullable=False),
        sa.Column("object_key", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "source", "phase", "batch", name="pk_batch"),
    )
    op.create_table(
        "upload_school",
        sa.Column("upload_id", _ID, nullable=False),
        sa.Column("school_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "school_id", name="pk_upload_school"),
    )
    op.create_index("ix_upload_school_school_id", "upload_school", ["school_id", "upload_id"])
    op.create_table(
        "report",
        sa.Column("upload_id", _ID, nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("files", sa.JSON, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("counts", "findings")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("errors", "warnings")),
        sa.PrimaryKeyConstraint("upload_id", "stage", name="pk_report"),
    )
    op.create_table(
        "chain_entry",
        sa.Column("district_id", _ID, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("upload_id", _ID, nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("facts", sa.Text),
        *(
            sa.Column(name, sa.String(64), nullable=False)
            for name in ("facts_sha256", "previous_hash", "hash")
        ),
        sa.PrimaryKeyConstraint("district_id", "position", name="pk_chain_entry"),
    )
    op.create_index("ix_chain_entry_upload_id", "chain_entry", ["upload_id"])
    op.create_table(
        "chain_head",
        sa.Column("district_id", _ID, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("district_id", name="pk_chain_head"),
    )
    op.create_table(
        "report_read",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            sa.Identity(),
            nullable=False,
        ),
        sa.Column("upload_id", _ID, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("sub", "name", "roles")),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("read_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_report_read"),
    )
    op.create_index("ix_report_read_upload_id", "report_read", ["upload_id", "number"])
    op.create_table(
        "retention",
        sa.Column("district_id", _ID, nullable=False),
        *(sa.Column(f"{part}_days", sa.Integer, nullable=False) for part in _PARTS),
        sa.PrimaryKeyConstraint("district_id", name="pk_retention"),
    )
    op.create_table(
        "legal_hold",
        sa.Column("district_id", _ID, nullable=False),
        sa.Column("upload_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("district_id", "upload_id", name="pk_legal_hold"),
    )


def downgrade() -> None:
    """Drop everything."""
    for table in (
        "legal_hold",
        "retention",
        "report_read",
        "chain_head",
        "chain_entry",
        "report",
        "upload_school",
        "batch",
        "heard",
        "upload",
    ):
        op.drop_table(table)
    messaging.drop_all(op.get_bind())
