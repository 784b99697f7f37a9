"""What the pages need to know of the identity provider, and where they must be allowed to connect to."""

import re
from typing import Final
from urllib.parse import urlsplit

from rollbook.common.errors import SettingsError
from rollbook.upload.settings import Settings

DISCOVERY: Final = "/.well-known/openid-configuration"
# What may stand in a header: no space, quote, comma or semicolon, which would end a source of a policy.
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~%/?=&+-]*)?")
_PATH: Final = re.compile(r"/(?!/)[A-Za-z0-9._~%/-]*")


def sign_in_settings(settings: Settings) -> tuple[dict[str, str], list[str]]:
    """What stands in the meta tag `rollbook-sign-in`, and the origins for `connect-src` beside `'self'`.

    Raises:
        SettingsError: naming each setting that is no address.
    """
    discovery = settings.oidc_discovery_url or settings.issuer.rstrip("/") + DISCOVERY
    faults = []
    if not (_ADDRESS.fullmatch(discovery) or _PATH.fullmatch(discovery)):
        faults.append(
            f"ROLLBOOK_OIDC_DISCOVERY_URL is {settings.oidc_discovery_url!r}, which is not the address of a "
            f"discovery document; without it ROLLBOOK_ISSUER must be one to which {DISCOVERY} can be added."
        )
    others = settings.oidc_connect_origins.split()
    faults += [
        f"ROLLBOOK_OIDC_CONNECT_ORIGINS has {other!r}, which is not like https://host."
        for other in others
        if not _ADDRESS.fullmatch(other) or other != _origin(other)
    ]
    if faults:
        raise SettingsError("\n".join(faults))
    tag = {
        "discovery": discovery,
        "clientId": settings.oidc_client_id,
        "scope": settings.oidc_scope,
    }
    own = [_origin(discovery)] if _ADDRESS.fullmatch(discovery) else []
    return tag, list(dict.fromkeys(own + others))


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
