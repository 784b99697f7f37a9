"""Answers to loopback's own names and to no other: no page from elsewhere reaches what asks no password.

A stranger's page can have its own name point to 127.0.0.1 (DNS rebinding), and the browser then takes this
server for that page's own.  What it cannot do is send another Host than that name.
"""

from typing import Final
from urllib.parse import urlsplit

from flask import Flask, request

from rollbook.common.web.problems import Problem

NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def answer_to_loopback_only(app: Flask) -> None:
    """Refuse every request whose Host is not one of loopback, whatever it asks for."""

    @app.before_request
    def _check_host() -> None:
        if _name(request.environ.get("HTTP_HOST", "")) not in NAMES:
            raise Problem(
                421,
                "host_not_allowed",
                "This Rollbook is for this machine only: open it as 127.0.0.1 or localhost.",
            )


def _name(host: str) -> str | None:
    # Flask's TRUSTED_HOSTS would do, if it could take an IPv6 address.
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
