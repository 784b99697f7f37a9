"""A sentence in another language, by the template that it was made from."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Self

HERE: Final = Path(__file__).parent
ENGLISH: Final = "en"
LANGUAGES: Final = (ENGLISH, *sorted(file.stem for file in HERE.glob("*.json")))

_FIELD: Final = re.compile(r"{(\w+)}")
_WORDS: Final = frozenset(
    {"column", "field", "name", "key", "person_key", "class_key", "school_key", "row", "max", "count",
     "stored", "percent", "limit"}
)  # fmt: skip
"""Placeholders that stand for a name or a number: one word."""
_PHRASES: Final = frozenset(
    {"suggestion", "reason", "contents", "description", "rule", "aliases", "delimiter", "what", "why",
     "record", "records", "rights"}
)  # fmt: skip
"""Placeholders that can stand for English words; what the others stand for is the caller's own."""
_BETWEEN_SENTENCES: Final = re.compile(r"(?<=\.)( +)(?=[A-Z0-9])")


@dataclass(frozen=True, slots=True)
class _Template:
    """`anchor`: the longest literal part, which is looked for first because it costs next to nothing."""

    pattern: re.Pattern[str]
    anchor: str
    literal_length: int
    translation: str

    @classmethod
    def of(cls, english: str, translation: str) -> Self:
        seen: set[str] = set()
        pattern = ""
        literals = _FIELD.split(english)[::2]
        for literal, name in zip(literals, [*_FIELD.findall(english), ""], strict=True):
            pattern += re.escape(literal)
            if name in seen:
                pattern += f"(?P={name})"
            elif name:
                pattern += rf"(?P<{name}>\S+)" if name in _WORDS else f"(?P<{name}>.*)"
            seen.add(name)
        return cls(
            re.compile(pattern, re.DOTALL), max(literals, key=len), sum(map(len, literals)), translation
        )


class Sentences:
    """The translations of one language, by English template.  A sentence of no template stays English."""

    def __init__(self, translations: Mapping[str, str]) -> None:
        self._whole = {english: own for english, own in translations.items() if not _FIELD.search(english)}
        templates = [_Template.of(*pair) for pair in translations.items() if pair[0] not in self._whole]
        # The one that says most comes first: "{column} is {suggestion}" fits what "{column} is blank" means.
        self._templates = sorted(templates, key=lambda one: -one.literal_length)

    def translate(self, text: str) -> str:
        """The text, of one sentence or several: wholly in this language, or as it is if a part is unknown."""
        sentences = _BETWEEN_SENTENCES.split(text)
        if len(sentences) > 1:
            parts = [one if one.isspace() else self._one(one) for one in sentences]
            known = [part for part in parts if part is not None]
            if len(known) == len(parts):
                return "".join(known)
        found = self._one(text)  # a template may hold several sentences, and so may a cell
        return text if found is None else found

    def _one(self, text: str) -> str | None:
        if text in self._whole:
            return self._whole[text]
        for template in self._templates:
            if template.anchor in text and (found := template.pattern.fullmatch(text)):
                return self._filled(template.translation, found.groupdict())
        return None

    def _filled(self, translation: str, values: Mapping[str, str]) -> str:
        own = {name: self._phrase(value) if name in _PHRASES else value for name, value in values.items()}
        return _FIELD.sub(lambda field: own[field[1]], translation)

    def _phrase(self, text: str) -> str:
        """Words inside of a sentence: those of a sentence of their own begin with a small letter here."""
        translated = self.translate(text)
        if translated == text and text[:1].islower():
            alone = text[0].upper() + text[1:]
            translated = self.translate(alone)
            return text if translated == alone else translated[0].lower() + translated[1:]
        return translated


@cache
def sentences(language: str) -> Sentences:
    """The translations into one of `LANGUAGES`; into English there are none."""
    file = HERE / f"{language}.json"
    return Sentences({} if language == ENGLISH else json.loads(file.read_text(encoding="utf-8")))
