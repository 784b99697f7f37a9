"""What the upload service needs to know."""

from dataclasses import dataclass

from rollbook.common.settings import Settings as CommonSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """What every service needs, and the limits of a file."""

    max_file_bytes: int = 1024**3
    max_file_rows: int = 10_000_000
