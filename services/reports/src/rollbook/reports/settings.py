"""What the reports service needs to know: what every service does."""

from rollbook.common.settings import Settings

__all__ = ["Settings"]
