"""Whose reports a caller may see."""

from rollbook.common.web.identity import identity


def visible_districts() -> tuple[str, ...] | None:
    """The districts whose reports the caller may see; None is all of them.

    Everyone sees their own; an auditor every one, or also those that the token's `district_ids` names.
    """
    caller = identity()
    if "auditor" not in caller.roles:
        return (caller.district_id,)
    return None if caller.district_ids is None else (*caller.district_ids, caller.district_id)
