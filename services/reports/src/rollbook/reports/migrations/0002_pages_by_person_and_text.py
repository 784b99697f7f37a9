"""Names of an upload in order of time, one index for each filter, and on SQLite an index of its texts."""

import sqlalchemy as sa
from alembic import op

from rollbook.common.database import UtcDateTime

revision = "reports_0002"
down_revision = "reports_0001"
branch_labels = None
depends_on = None

_ID = sa.String(100)
_AT_A_TIME = 10_000

upload = sa.table(
    "upload",
    *(sa.column(name) for name in ("upload_id", "uploaded_by", "uploaded_by_name", "search")),
    sa.column("uploaded_at", UtcDateTime),
)
upload_name = sa.table(
    "upload_name",
    sa.column("what"),
    sa.column("name"),
    sa.column("uploaded_at", UtcDateTime),
    sa.column("upload_id"),
)

# The index keeps no texts of its own: to forget one it must be told what the text was.
_FORGET = """
    INSERT INTO upload_text (upload_text, rowid, search)
    SELECT 'delete', number, old.search FROM upload_number
    WHERE upload_id = old.upload_id AND old.search IS NOT NULL;
"""
_KEEP = """
    INSERT OR IGNORE INTO upload_number (upload_id) VALUES (new.upload_id);
    INSERT INTO upload_text (rowid, search)
    SELECT number, new.search FROM upload_number WHERE upload_id = new.upload_id AND new.search IS NOT NULL;
"""
_FORGET_NUMBER = "DELETE FROM upload_number WHERE upload_id = old.upload_id;"
_TRIGGERS = {
    "upload_text_insert": ("AFTER INSERT", _KEEP),
    "upload_text_update": ("AFTER UPDATE OF search", _FORGET + _KEEP),
    "upload_text_delete": ("AFTER DELETE", _FORGET + _FORGET_NUMBER),
}


def upgrade() -> None:
    """Add the tables and indexes, with what is known already."""
    op.create_table(
        "upload_name",
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("uploaded_at", UtcDateTime, nullable=False),
        sa.Column("upload_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("what", "name", "uploaded_at", "upload_id", name="pk_upload_name"),
    )
    op.create_index("ix_upload_name_upload_id", "upload_name", ["upload_id", "what"])
    op.create_index("ix_upload_kind_uploaded_at", "upload", ["kind", "uploaded_at", "upload_id"])
    op.create_index(
        "ix_upload_status_kind_uploaded_at", "upload", ["status", "kind", "uploaded_at", "upload_id"]
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE TABLE upload_number (number INTEGER PRIMARY KEY, upload_id VARCHAR(100) UNIQUE)")
        op.execute(
            "CREATE VIRTUAL TABLE upload_text USING fts5 "
            "(search, content='', detail='none', tokenize='trigram case_sensitive 1')"
        )
        for name, (when, what) in _TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} {when} ON upload BEGIN {what} END")
        op.execute("INSERT INTO upload_number (upload_id) SELECT upload_id FROM upload")
        op.execute(
            "INSERT INTO upload_text (rowid, search) SELECT number, search FROM upload "
            "JOIN upload_number USING (upload_id) WHERE search IS NOT NULL"
        )
    # Two line breaks around each part: what begins with one letter is then found by three.
    op.execute(upload.update().values(search=sa.func.replace(upload.c.search, "\n", "\n\n")))
    op.execute(
        "INSERT INTO upload_name SELECT 'school', school_id, uploaded_at, upload_id "
        "FROM upload_school JOIN upload USING (upload_id) WHERE uploaded_at IS NOT NULL"
    )
    _keep_persons(op.get_bind())
    op.drop_table("upload_school")


def downgrade() -> None:
    """Go back to the schools alone."""
    connection = op.get_bind()
    op.create_table(
        "upload_school",
        sa.Column("upload_id", _ID, nullable=False),
        sa.Column("school_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "school_id", name="pk_upload_school"),
    )
    op.create_index("ix_upload_school_school_id", "upload_school", ["school_id", "upload_id"])
    op.execute("INSERT INTO upload_school SELECT upload_id, name FROM upload_name WHERE what = 'school'")
    op.execute(upload.update().values(search=sa.func.replace(upload.c.search, "\n\n", "\n")))
    if connection.dialect.name == "sqlite":
        for name in _TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        op.drop_table("upload_text")
        op.drop_table("upload_number")
    op.drop_index("ix_upload_status_kind_uploaded_at", "upload")
    op.drop_index("ix_upload_kind_uploaded_at", "upload")
    op.drop_table("upload_name")


def _keep_persons(connection: sa.Connection) -> None:
    """In Python: SQLite's lower() knows no letter beyond ASCII."""
    after = ""
    while True:
        following = sa.select(upload).where(upload.c.upload_id > after).order_by(upload.c.upload_id)
        rows = connection.execute(following.limit(_AT_A_TIME)).all()
        if not rows:
            return
        names = [
            {"what": "person", "name": name, "uploaded_at": row.uploaded_at, "upload_id": row.upload_id}
            for row in rows
            if row.uploaded_at is not None
            for name in {(row.uploaded_by or "").lower(), (row.uploaded_by_name or "").lower()} - {""}
        ]
        if names:
            connection.execute(upload_name.insert(), names)
        after = rows[-1].upload_id
