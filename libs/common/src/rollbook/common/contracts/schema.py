"""Marshmallow schemas made from dataclasses, so that an event is written down once.

Field names become camelCase on the wire.  Unknown fields are tolerated (a newer sender), missing ones
only where the dataclass has a default (an older sender: what was added since, has one).
"""

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Hashable
from functools import cache
from typing import Any, cast

from marshmallow import EXCLUDE, Schema, fields


def camel_case(name: str) -> str:
    """The name of a field on the wire: ``upload_id`` is ``uploadId``."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def schema_of(record: type[Any]) -> Schema:
    """The schema of a dataclass; its ``dump`` takes an instance, :func:`build` makes one again."""
    return _made_once(cast("Hashable", record))


@cache
def _made_once(record: Any) -> Schema:
    hints = typing.get_type_hints(record)
    declared = {
        item.name: _field(
            hints[item.name], camel_case(item.name), required=item.default is dataclasses.MISSING
        )
        for item in dataclasses.fields(record)
    }
    made = Schema.from_dict(declared, name=record.__name__)
    return made(unknown=EXCLUDE)


def build(hint: Any, loaded: Any) -> Any:
    """An instance of a dataclass (nested ones and tuples too) from what its schema loaded."""
    if loaded is None:
        return None
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return build(_without_none(hint), loaded)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = typing.get_type_hints(hint)
        return hint(**{name: build(hints[name], value) for name, value in loaded.items()})
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        return tuple(build(inner, item) for item in loaded)
    return loaded


def _without_none(hint: Any) -> Any:
    return next(kind for kind in typing.get_args(hint) if kind is not types.NoneType)


_PLAIN: dict[Any, Any] = {
    str: fields.String,
    bool: fields.Boolean,
    float: fields.Float,
}


def _field(hint: Any, wire_name: str, *, required: bool = True, allow_none: bool = False) -> Any:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return _field(_without_none(hint), wire_name, required=required, allow_none=True)
    common: dict[str, Any] = {"required": required, "data_key": wire_name, "allow_none": allow_none}
    if hint is int:
        return fields.Integer(strict=True, **common)
    if hint is dt.datetime:
        return fields.AwareDateTime(format="iso", default_timezone=dt.UTC, **common)
    if hint in _PLAIN:
        return _PLAIN[hint](**common)
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        nullable = typing.get_origin(inner) in (types.UnionType, typing.Union)
        return fields.List(_field(inner, wire_name, allow_none=nullable), **common)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return fields.Nested(schema_of(hint), **common)
    raise TypeError(f"no schema field for {hint!r}")
