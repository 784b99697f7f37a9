"""What the reports service needs to know."""

from dataclasses import dataclass

from rollbook.common.settings import Settings as CommonSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """What every service needs, and how the record of reports is kept."""

    checkpoint_key: str = ""  # a private Ed25519 key, as JWK or PEM; without it no checkpoint is signed
