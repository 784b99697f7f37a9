"""Settings from the environment: each field of a dataclass is ``ROLLBOOK_<FIELD>``."""

import dataclasses
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from rollbook.common.errors import SettingsError

_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What every service needs to know.  A service with more to know adds fields in a subclass."""

    database_url: str
    amqp_url: str
    store_url: str
    jwks_url: str
    issuer: str
    audience: str = "rollbook"
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    health_port: int = 0  # of a consumer or a relay, for /healthz, /readyz and /metrics; 0 is none
    log_level: str = "INFO"
    stall_seconds: float = 60.0  # an upload that has not moved for so long is set going again

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The settings that an environment holds.

        Raises:
            SettingsError: listing every missing or wrong variable, one a line.
        """
        hints = typing.get_type_hints(cls)
        values: dict[str, Any] = {}
        faults: list[str] = []
        for item in dataclasses.fields(cls):
            name = f"ROLLBOOK_{item.name.upper()}"
            text = environment.get(name, "").strip()
            if text:
                try:
                    values[item.name] = _read(text, hints[item.name])
                except ValueError:
                    faults.append(f"{name} is {text!r}, which is not {_WANTED[hints[item.name]]}.")
            elif item.default is dataclasses.MISSING:
                faults.append(f"{name} is not set.")
        if faults:
            raise SettingsError("\n".join(faults))
        return cls(**values)


_WANTED = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}


def _read(text: str, kind: Any) -> Any:
    if kind is bool:
        if text.lower() not in _BOOLEANS:
            raise ValueError
        return _BOOLEANS[text.lower()]
    return kind(text)
