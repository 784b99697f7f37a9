"""The tables of messaging that every service has in its own database."""

import sqlalchemy as sa

from rollbook.common.database import NAMING, UtcDateTime

metadata = sa.MetaData(naming_convention=NAMING)

# Rows are kept after they are sent, until the upload is final and a week more: told again from here, a lost
# broker heals without anything being computed twice.
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.Identity(), primary_key=True),
    sa.Column("id", sa.String(36), nullable=False, unique=True),
    sa.Column("type", sa.String(60), nullable=False),
    sa.Column("subject", sa.String(100), nullable=False, index=True),  # the upload, or the district
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("sent_at", UtcDateTime),
    sa.Index(
        "ix_outbox_unsent",
        "seq",
        postgresql_where=sa.text("sent_at IS NULL"),
        sqlite_where=sa.text("sent_at IS NULL"),
    ),
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("queue", sa.String(100), primary_key=True),
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("handled_at", UtcDateTime, nullable=False),
)

# What this service could not handle waits here for a person; a relay publishes again what is to be replayed.
dead_letter = sa.Table(
    "dead_letter",
    metadata,
    sa.Column("queue", sa.String(100), primary_key=True),
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("died_at", UtcDateTime, nullable=False),
    sa.Column("replay", sa.Boolean, nullable=False),
    sa.Index(
        "ix_dead_letter_replay",
        "died_at",
        postgresql_where=sa.text("replay"),
        sqlite_where=sa.text("replay"),
    ),
)
