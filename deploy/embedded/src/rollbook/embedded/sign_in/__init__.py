"""A small OpenID Connect provider, for trying Rollbook: no passwords, whoever comes chooses a demo person.

The pages sign in at it exactly as at a real provider: authorization code with PKCE (RFC 6749, 7636).
"""

from rollbook.embedded.sign_in.people import PEOPLE, DemoPerson
from rollbook.embedded.sign_in.provider import make_provider

__all__ = ["PEOPLE", "DemoPerson", "make_provider"]
