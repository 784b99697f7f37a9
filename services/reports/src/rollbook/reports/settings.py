"""What the reports service needs to know."""

from dataclasses import dataclass

from rollbook.common.settings import Settings as CommonSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """What every service needs, and how the record of reports is kept."""

    checkpoint_key: str = ""  # a private Ed25519 key, as JWK or PEM; without it no checkpoint is signed
    overdue_seconds: float = 900.0  # a report that is missing so long after its findings is an alarm
