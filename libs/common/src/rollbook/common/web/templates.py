"""HTML of our own making: templates of a folder, and a style that the policy of a page names by its hash."""

import base64
import hashlib
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_SHARED: Final = Path(__file__).parent / "shared"
"""Pieces that the pages of several services include."""


def templates_in(folder: Path) -> Environment:
    """The templates of a folder: what is put in is escaped, and a name that is not given is an error."""
    return Environment(
        loader=FileSystemLoader([folder, _SHARED]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def style_source(style: str) -> str:
    """The source for `style-src` that allows this very `<style>` and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"
