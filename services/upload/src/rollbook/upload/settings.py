"""What the upload service needs to know."""

from dataclasses import dataclass

from rollbook.common.settings import Settings as CommonSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """What every service needs, the limits of a file, and how people sign in to the pages."""

    max_file_bytes: int = 1024**3
    max_file_rows: int = 10_000_000
    oidc_discovery_url: str = ""  # of the identity provider; without it, the usual one of the issuer
    oidc_client_id: str = "rollbook-portal"
    oidc_scope: str = "openid profile"
    oidc_connect_origins: str = ""  # where else than there the provider has its token endpoint; with spaces
