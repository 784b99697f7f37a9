"""What a validator needs to know: what every service does."""

from rollbook.common.settings import Settings

__all__ = ["Settings"]
