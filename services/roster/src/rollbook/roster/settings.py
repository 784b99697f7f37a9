"""What the roster service needs to know: nothing more than every service."""

from rollbook.common.settings import Settings

__all__ = ["Settings"]
