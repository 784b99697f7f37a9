"""A number of things, in words."""


def counted(number: int, one: str, many: str = "") -> str:
    """As "1 row" or "1,000 rows"; `many` where an s at the end does not make it."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
