"""The made-up district that demo people belong to, and how support makes it ready."""

import json
from importlib import resources
from typing import Final

import sqlalchemy as sa

from rollbook.common.database import reading
from rollbook.embedded.client import Client
from rollbook.upload.adapters.tables import district

DISTRICT: Final = "example"


def sample(name: str) -> bytes:
    """A file that is shipped for trying Rollbook."""
    return (resources.files("rollbook.embedded") / "samples" / name).read_bytes()


def enter(support: Client) -> None:
    """Enter the district as support does, and activate batch upload for it.

    Raises Refused where the service does not take it, which it always should.
    """
    support.call("PUT", f"/districts/{DISTRICT}", json=json.loads(sample("district.json")))
    support.call("POST", f"/districts/{DISTRICT}/batch-upload")


def districts_in(upload_database: sa.Engine) -> frozenset[str]:
    """The districts that the upload service knows."""
    with reading(upload_database) as connection:
        return frozenset(connection.execute(sa.select(district.c.district_id)).scalars())
