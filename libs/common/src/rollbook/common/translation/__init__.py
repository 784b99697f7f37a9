"""What the services say to people, in other languages than English.

Sentences are made, stored and hashed in English; they are translated where they are read, so that a report of
any age can be read in any language.  `<language>.json` holds each English template and its translation, with
the same `{placeholders}`; `sentences` finds the template of a sentence.
"""

from rollbook.common.translation.sentences import LANGUAGES, Sentences, sentences

__all__ = ["LANGUAGES", "Sentences", "sentences"]
