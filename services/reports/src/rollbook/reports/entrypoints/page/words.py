"""The words of the page in one language, and how it writes numbers, days and moments.

What comes from elsewhere, such as a name or a cell, cannot turn round what stands beside it: it is isolated,
and a mark that sets the direction of writing, which could make a text read as another, is shown as such.
"""

import datetime as dt
import json
import re
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from markupsafe import Markup, escape

TEXTS: Final = Path(__file__).parent / "texts"
_DIRECTION: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_QUOTED: Final = re.compile("“(.*?)”", re.DOTALL)


class Words:
    """The texts of one language, by key."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = json.loads((TEXTS / f"{language}.json").read_text(encoding="utf-8"))
        self._locale = Locale.parse(self._texts["locale"], sep="-")

    def say(self, key: str, **values: str | int) -> Markup:
        """The text of a key, its {names} filled in.  One with forms for numbers is chosen by `count`."""
        text = self._texts[key]
        if isinstance(text, dict):
            text = text.get(self._locale.plural_form(int(values["count"])), text["other"])
        filled = {
            name: self.number(value) if isinstance(value, int) else isolated(value)
            for name, value in values.items()
        }
        return escape(text).format(**filled)

    def named(self, family: str, name: str) -> Markup:
        """What people call something that the API names; the API's own word where they have none."""
        key = f"{family}.{name}"
        return self.say(key) if key in self._texts else isolated(name)

    def number(self, count: int) -> str:
        """A whole number."""
        return format_decimal(count, locale=self._locale)

    def moment(self, text: str) -> str:
        """A moment (ISO 8601), in UTC."""
        at = dt.datetime.fromisoformat(text).astimezone(dt.UTC)
        return format_datetime(at, self._texts["moment"], locale=self._locale)

    def day(self, text: str) -> str:
        """A day (2026-11-25)."""
        return format_date(dt.date.fromisoformat(text), self._texts["day"], locale=self._locale)


@cache
def words(language: str) -> Words:
    """The words of one of the languages of `rollbook.common.translation`."""
    return Words(language)


def isolated(text: str) -> Markup:
    """A text from elsewhere, whatever its direction."""
    return text if isinstance(text, Markup) else Markup(f"<bdi>{_escaped(text)}</bdi>")  # noqa: S704


def sentence(text: str) -> Markup:
    """A sentence of ours, in which what is quoted came from elsewhere."""
    return Markup(_QUOTED.sub(r"“<bdi>\1</bdi>”", _escaped(text)))  # noqa: S704


def _escaped(text: str) -> str:
    """HTML of a text, with marks of direction shown."""
    return _DIRECTION.sub(lambda mark: f"[U+{ord(mark[0]):04X}]", str(escape(text)))
