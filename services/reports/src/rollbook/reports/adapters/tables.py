"""The tables of the reports service."""

import sqlalchemy as sa

from rollbook.common.database import NAMING, UtcDateTime
from rollbook.reports.domain.retention import PARTS

metadata = sa.MetaData(naming_convention=NAMING)

# One row per upload, made by whatever is heard of it first; nothing but its IDs is sure to be there.
upload = sa.Table(
    "upload",
    metadata,
    sa.Column("upload_id", sa.String(100), primary_key=True),
    sa.Column("district_id", sa.String(100), nullable=False),
    sa.Column("kind", sa.String(20)),
    sa.Column("file_name", sa.Text),
    sa.Column("uploaded_by", sa.Text),
    sa.Column("uploaded_by_name", sa.Text),
    sa.Column("uploaded_at", UtcDateTime),
    sa.Column("status", sa.String(30)),
    sa.Column("status_at", UtcDateTime),
    sa.Column("search", sa.Text),  # name, person, ID and schools in lower case, two line breaks around each
    *(sa.Column(f"{part}_removed_at", UtcDateTime) for part in PARTS),
    *(
        sa.Index(
            f"ix_upload_{part}_kept",
            "uploaded_at",
            postgresql_where=sa.text(f"{part}_removed_at IS NULL"),
            sqlite_where=sa.text(f"{part}_removed_at IS NULL"),
        )
        for part in PARTS
    ),
    sa.Index("ix_upload_district_id_uploaded_at", "district_id", "uploaded_at", "upload_id"),
    sa.Index("ix_upload_uploaded_at", "uploaded_at", "upload_id"),
    sa.Index("ix_upload_status_uploaded_at", "status", "uploaded_at", "upload_id"),
    sa.Index("ix_upload_kind_uploaded_at", "kind", "uploaded_at", "upload_id"),
    sa.Index("ix_upload_status_kind_uploaded_at", "status", "kind", "uploaded_at", "upload_id"),
)
TRIGRAMS = sa.Index(
    "ix_upload_search", upload.c.search, postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}
).ddl_if(dialect="postgresql")
"""Finds any part of a text at once."""

# On SQLite triggers of `upload` keep an index of the parts of three letters of `search`, by numbers.
ONLY_SQLITE = sa.MetaData()
upload_number = sa.Table(
    "upload_number",
    ONLY_SQLITE,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("upload_id", sa.String(100), unique=True),
)
upload_text = sa.table("upload_text", sa.column("rowid", sa.Integer), sa.column("upload_text", sa.Text))

# The events that a report is made of, each as it was on the wire.
heard = sa.Table(
    "heard",
    metadata,
    sa.Column("upload_id", sa.String(100), primary_key=True),
    sa.Column("type", sa.String(60), primary_key=True),
    sa.Column("event", sa.JSON, nullable=False),
    sa.Column("heard_at", UtcDateTime, nullable=False),
)

batch = sa.Table(
    "batch",
    metadata,
    sa.Column("upload_id", sa.String(100), primary_key=True),
    sa.Column("source", sa.String(20), primary_key=True),
    sa.Column("phase", sa.String(40), primary_key=True),
    sa.Column("batch", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("min_row", sa.BigInteger, nullable=False),
    sa.Column("max_row", sa.BigInteger, nullable=False),
    sa.Column("errors", sa.Integer, nullable=False),
    sa.Column("warnings", sa.Integer, nullable=False),
    sa.Column("object_key", sa.Text, nullable=False),
)

# Who uploaded it and which schools it names, for the filters of the history: each in order of time.
upload_name = sa.Table(
    "upload_name",
    metadata,
    sa.Column("what", sa.String(10), primary_key=True),  # PERSON or SCHOOL
    sa.Column("name", sa.Text, primary_key=True),  # a person's name and ID in lower case
    sa.Column("uploaded_at", UtcDateTime, primary_key=True),
    sa.Column("upload_id", sa.String(100), primary_key=True),
    sa.Index("ix_upload_name_upload_id", "upload_id", "what"),
)
PERSON, SCHOOL = "person", "school"

# Figures and findings are kept as the very text that is hashed: verification parses nothing.
report = sa.Table(
    "report",
    metadata,
    sa.Column("upload_id", sa.String(100), primary_key=True),
    sa.Column("stage", sa.String(20), primary_key=True),
    sa.Column("files", sa.JSON, nullable=False),  # name, key, sha256, sizeBytes, contentType
    sa.Column("counts", sa.Text, nullable=False),  # canonical JSON
    sa.Column("findings", sa.Text, nullable=False),  # canonical JSON, grouped by code
    sa.Column("errors", sa.Integer, nullable=False),
    sa.Column("warnings", sa.Integer, nullable=False),
)

# One line of links per district.  `facts` is canonical JSON; null once it has been removed.
chain_entry = sa.Table(
    "chain_entry",
    metadata,
    sa.Column("district_id", sa.String(100), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("upload_id", sa.String(100), nullable=False, index=True),
    sa.Column("what", sa.String(20), nullable=False),
    sa.Column("facts", sa.Text),
    sa.Column("facts_sha256", sa.String(64), nullable=False),
    sa.Column("previous_hash", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

chain_head = sa.Table(
    "chain_head",
    metadata,
    sa.Column("district_id", sa.String(100), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

# Who has read what: never changed, so that it can be read in its turn.
report_read = sa.Table(
    "report_read",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.Identity(), primary_key=True),
    sa.Column("upload_id", sa.String(100), nullable=False),
    sa.Column("sub", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("what", sa.String(40), nullable=False),
    sa.Column("read_at", UtcDateTime, nullable=False),
    sa.Index("ix_report_read_upload_id", "upload_id", "number"),
)

# How long a district keeps what; without a row the defaults of `domain.retention` hold.
retention = sa.Table(
    "retention",
    metadata,
    sa.Column("district_id", sa.String(100), primary_key=True),
    *(sa.Column(f"{part}_days", sa.Integer, nullable=False) for part in PARTS),
)

# What must not be removed: an upload, or with upload_id "" all of a district.
legal_hold = sa.Table(
    "legal_hold",
    metadata,
    sa.Column("district_id", sa.String(100), primary_key=True),
    sa.Column("upload_id", sa.String(100), primary_key=True),
)
