"""What the embedded mode keeps in its data directory: a lock, and the key of its issuer."""

import contextlib
import sqlite3
import stat

import pytest

from rollbook.common.web.identity import TokenVerifier
from rollbook.embedded import data_directory
from rollbook.embedded.composition import Embedded
from rollbook.embedded.issuer import AUDIENCE, ISSUER, Issuer, jwks_url
from rollbook.embedded.refusal import CannotRun


def test_a_second_holder_of_a_data_directory_is_refused(tmp_path):
    refused = pytest.raises(CannotRun, match="another `rollbook up` is using")
    with data_directory.held(tmp_path), refused, data_directory.held(tmp_path):
        pytest.fail("held twice")
    with data_directory.held(tmp_path):
        pass  # given back


def test_a_file_is_no_data_directory(tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(CannotRun, match="cannot be used as data directory"):
        data_directory.opened(tmp_path / "taken")


def test_a_data_directory_of_a_newer_version_is_refused(tmp_path):
    with Embedded(tmp_path):
        pass
    with contextlib.closing(sqlite3.connect(tmp_path / "roster.sqlite")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CannotRun, match="roster was made by a newer Rollbook"), Embedded(tmp_path):
        pytest.fail("ran on a database that it does not know")


def test_a_damaged_database_is_said_to_be_that(tmp_path):
    (tmp_path / "roster.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(CannotRun, match="database of roster cannot be used"), Embedded(tmp_path):
        pytest.fail("ran on a database that is none")


def test_a_token_is_accepted_after_a_restart(tmp_path):
    token = Issuer.kept_in(tmp_path).token("d1", ["system", "enrollment"], "Ada Example")
    assert Issuer.kept_in(tmp_path).key.kid == Issuer.kept_in(tmp_path).key.kid
    found = TokenVerifier(jwks_url(tmp_path), ISSUER, AUDIENCE).verify(token)
    assert (found.sub, found.district_id, found.roles) == (
        "ada.example",
        "d1",
        frozenset({"system", "enrollment"}),
    )


@pytest.mark.parametrize("text", ["{", "", "[]", '{"kty": "EC"}', '{"kty": "oct", "k": "AA"}'])
def test_a_key_that_is_none_is_said_to_be_that(tmp_path, text):
    (tmp_path / "issuer-key.json").write_text(text)
    with pytest.raises(CannotRun, match=r"issuer-key\.json holds no key"):
        Issuer.kept_in(tmp_path)


def test_the_private_key_is_for_its_owner_alone_and_never_published(tmp_path):
    Issuer.kept_in(tmp_path)
    assert stat.S_IMODE((tmp_path / "issuer-key.json").stat().st_mode) == 0o600
    assert '"d"' not in (tmp_path / "jwks.json").read_text()
