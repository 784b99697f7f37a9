"""The roster, its change sets, outbox and inbox."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from rollbook.common.database import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_ID = sa.String(100).with_variant(sa.String(100, collation="C"), "postgresql")
_VALUE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _key(name: str) -> "sa.Column[Any]":
    return sa.Column(name, _ID, nullable=False)


def _values(*names: str) -> "list[sa.Column[Any]]":
    return [sa.Column(name, _VALUE, nullable=False, server_default="") for name in names]


def _texts(*names: str) -> "list[sa.Column[Any]]":
    return [sa.Column(name, sa.Text, nullable=False, server_default="") for name in names]


def _version() -> "sa.Column[Any]":
    return sa.Column("version", sa.Integer, nullable=False, server_default="1")


def _primary(table: str, *names: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*names, name=f"pk_{table}")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "district",
        _key("district_id"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("enrollment_source", sa.String(30), nullable=False),
        sa.Column("allow_school_creation", sa.Boolean, nullable=False),
        sa.Column("updated_percent", sa.Float, nullable=False),
        sa.Column("removed_percent", sa.Float, nullable=False),
        sa.Column("from_records", sa.Integer, nullable=False),
        sa.Column("school_limits", sa.JSON, nullable=False),
        sa.Column("roster_version", sa.Integer, nullable=False, server_default="0"),
        _primary("district", "district_id"),
    )
    op.create_table(
        "school", _key("district_id"), _key("school_id"), *_texts("name"), _version(),
        _primary("school", "district_id", "school_id"),
    )  # fmt: skip
    op.create_table(
        "person",
        _key("district_id"),
        _key("user_id"),
        *_values("school_id", "user_district_id", "user_state_id", "email"),
        *_texts("role", "first_name", "middle_name", "last_name", "grade"),
        sa.Column("active", sa.String(5), nullable=False, server_default="true"),
        _version(),
        _primary("person", "district_id", "user_id"),
    )
    filled = sa.text("email <> ''")
    op.create_index(
        "uq_person_email", "person", ["email"], unique=True, postgresql_where=filled, sqlite_where=filled
    )
    op.create_table(
        "class_", _key("district_id"), _key("class_id"),
        *_values("school_id"), *_texts("name", "display_name", "grade"), _version(),
        _primary("class_", "district_id", "class_id"),
    )  # fmt: skip
    op.create_table(
        "enrollment", _key("district_id"), _key("user_id"), _key("class_id"),
        *_texts("primary_teacher"), _version(),
        _primary("enrollment", "district_id", "user_id", "class_id"),
    )  # fmt: skip
    op.create_index("ix_enrollment_class", "enrollment", ["district_id", "class_id"])
    op.create_table(
        "demographics",
        _key("district_id"),
        _key("user_id"),
        *_texts(*_DEMOGRAPHICS),
        _version(),
        _primary("demographics", "district_id", "user_id"),
    )
    op.create_table(
        "change_set",
        _key("upload_id"),
        _key("district_id"),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(20)),
        sa.Column("by_sub", sa.String(255)),
        sa.Column("by_name", sa.String(255)),
        sa.Column("undoes", sa.String(100)),
        sa.Column("made_anew", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("people_indexed", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("file", sa.JSON),
        sa.Column("roster_version", sa.Integer),
        sa.Column("at", UtcDateTime, nullable=False),
        _primary("change_set", "upload_id"),
    )
    op.create_index("ix_change_set_district_id", "change_set", ["district_id"])
    op.create_table(
        "touched", _key("district_id"), _key("user_id"), _key("upload_id"),
        _primary("touched", "district_id", "user_id", "upload_id"),
    )  # fmt: skip
    _make_outbox_and_inbox()


def _make_outbox_and_inbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.Identity(), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("type", sa.String(60), nullable=False),
        _key("subject"),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("headers", sa.JSON, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("sent_at", UtcDateTime),
        _primary("outbox", "seq"),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
    )
    op.create_index("ix_outbox_subject", "outbox", ["subject"])
    unsent = sa.text("sent_at IS NULL")
    op.create_index("ix_outbox_unsent", "outbox", ["seq"], postgresql_where=unsent, sqlite_where=unsent)
    op.create_table(
        "inbox",
        _key("queue"),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("handled_at", UtcDateTime, nullable=False),
        _primary("inbox", "queue", "id"),
    )


_DEMOGRAPHICS = (
    "d_birthdate", "d_sex", "d_americanindianoralaskanative", "d_asian", "d_blackorafricanamerican",
    "d_nativehawaiianorotherpacificislander", "d_white", "d_demographicracetwoormoreraces",
    "d_hispanicorlatinoethnicity", "d_englishlearner", "d_economicallydisadvantaged", "d_specialeducation",
    "d_section504", "d_gifted", "d_migrant", "d_homeless", "d_fostercare", "d_countryofbirthcode",
    "d_stateofbirthabbreviation", "d_cityofbirth", "d_publicschoolresidencestatus", "d_homelanguage",
)  # fmt: skip
