"""What counts as white space around a cell: the Unicode property White_Space, and U+FEFF."""

from typing import Final

WHITE_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""Written out, because `str.strip()` also drops U+001C to U+001F, which are control characters to us."""

ASCII_WHITE_SPACE: Final = b"\t\n\v\f\r "

WHITE_SPACE_LEADS: Final = (b"\xc2", b"\xe1", b"\xe2", b"\xe3", b"\xef")
"""The first UTF-8 bytes of the white space outside ASCII: text without them has none."""

FIRST_LEAD_NOT_ALWAYS_NFC: Final = 0xCC
"""Below U+0300 (UTF-8 CC 80) every text is in NFC: there are no combining characters yet."""
