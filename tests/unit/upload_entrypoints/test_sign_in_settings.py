"""What the pages are told of the identity provider, from the service's settings."""

import pytest

from rollbook.common.errors import SettingsError
from rollbook.upload.entrypoints.sign_in import sign_in_settings
from rollbook.upload.settings import Settings

ENVIRONMENT = {
    "ROLLBOOK_DATABASE_URL": "sqlite://",
    "ROLLBOOK_AMQP_URL": "memory://",
    "ROLLBOOK_STORE_URL": "file:///nowhere",
    "ROLLBOOK_JWKS_URL": "https://login.example.org/keys",
    "ROLLBOOK_ISSUER": "https://login.example.org/tenant/",
}


def told(**variables):
    named = {f"ROLLBOOK_{name.upper()}": value for name, value in variables.items()}
    return sign_in_settings(Settings.from_environment(ENVIRONMENT | named))


def test_the_issuer_says_where_to_sign_in_unless_something_else_is_said():
    assert told() == (
        {
            "discovery": "https://login.example.org/tenant/.well-known/openid-configuration",
            "clientId": "rollbook-portal",
            "scope": "openid profile",
        },
        ["https://login.example.org"],
    )


@pytest.mark.parametrize(
    ("variables", "discovery", "origins"),
    [
        (
            {"oidc_discovery_url": "http://127.0.0.1:81/a?b=c"},
            "http://127.0.0.1:81/a?b=c",
            ["http://127.0.0.1:81"],
        ),
        ({"oidc_discovery_url": "/oidc/x", "issuer": "urn:me"}, "/oidc/x", []),
        (
            {
                "oidc_discovery_url": "https://a.example.org/d",
                "oidc_connect_origins": "https://b.example.org https://a.example.org",
            },
            "https://a.example.org/d",
            ["https://a.example.org", "https://b.example.org"],
        ),
    ],
    ids=["elsewhere", "own origin", "token endpoint elsewhere"],
)
def test_pages_may_connect_to_where_discovery_is_and_to_what_is_added(variables, discovery, origins):
    tag, connect = told(**variables)
    assert (tag["discovery"], connect) == (discovery, origins)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"issuer": "urn:me"}, "ROLLBOOK_OIDC_DISCOVERY_URL"),
        ({"oidc_discovery_url": "//evil.example/x"}, "ROLLBOOK_OIDC_DISCOVERY_URL"),
        ({"oidc_discovery_url": "https://a.example.org; script-src *"}, "ROLLBOOK_OIDC_DISCOVERY_URL"),
        ({"oidc_connect_origins": "https://a.example.org; script-src *"}, "ROLLBOOK_OIDC_CONNECT_ORIGINS"),
        ({"oidc_connect_origins": "https://a.example.org/token"}, "ROLLBOOK_OIDC_CONNECT_ORIGINS"),
        ({"oidc_connect_origins": "*"}, "ROLLBOOK_OIDC_CONNECT_ORIGINS"),
    ],
    ids=str,
)
def test_what_is_no_address_is_refused_by_name(variables, named):
    with pytest.raises(SettingsError, match=named):
        told(**variables)
