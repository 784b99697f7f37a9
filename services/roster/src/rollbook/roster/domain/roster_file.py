"""Whom the roster as a file names: a file that uploads again with every record “no change”.

One row per enrollment; and one without a class for whoever has none at the school they belong to.  The rows
are ordered by school, person and class.
"""

from dataclasses import dataclass
from typing import Final

from rollbook.common.dictionary import users

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "all": users.ROLES,
    "students": (users.STUDENT,),
    "staff": users.STAFF,
    "admins": ("administrator",),
}
"""Whom each `type` of an export names."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A `type` of ROLES; the rows at one school, None for all; some people, none given for everybody."""

    kind: str = "all"
    school_id: str | None = None
    user_ids: tuple[str, ...] = ()
