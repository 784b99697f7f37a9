"""The pages for people: one document, its stylesheet within, and scripts that call the public API alone."""

import gzip
import hashlib
import json
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, request

from rollbook.common.web.language import their_language
from rollbook.common.web.problems import not_found
from rollbook.common.web.templates import style_source, templates_in

HOME: Final = Path(__file__).resolve().parents[1] / "pages"
PLACES: Final = (
    "/",
    "/uploads/<path:_of>",
    "/students",
    "/students/<path:_of>",
    "/staff",
    "/staff/<path:_of>",
    "/classes",
    "/classes/<path:_of>",
    "/districts",
    "/districts/<path:_of>",
    "/history",
    "/history/<path:_of>",
    "/data-dictionary",
    "/data-dictionary/<path:_of>",
    "/sign-in/callback",
)
"""Where there is a page.  `scripts/places.js` says which script shows it."""
LANGUAGE_COOKIE: Final = "rollbook-language"
_DEFAULT_LANGUAGE: Final = "en"
_A_YEAR: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent; `packed` is the same gzipped."""

    content_type: str
    data: bytes
    packed: bytes


def make_pages(sign_in: dict[str, str], connect: Sequence[str]) -> Blueprint:
    """The pages, at the root.

    `sign_in` is what `scripts/sign_in.js` needs to know of the identity provider, `connect` the origins that
    it calls beside our own.
    """
    blueprint = Blueprint("pages", __name__)
    assets = _assets()
    version = _version(assets)
    shell = _Shell(version, sign_in, [name for name in sorted(assets) if _is_common(name)])
    policy = shell.policy(connect)

    def show(**_of: str) -> Any:
        answer = _packed_or_not(shell.document(_language(shell.languages)))
        answer.headers["Content-Security-Policy"] = policy
        answer.headers["Referrer-Policy"] = "same-origin"
        answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        answer.headers["Cache-Control"] = "no-cache"
        answer.headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
        answer.add_etag()
        return answer.make_conditional(request)

    for number, place in enumerate(PLACES):
        blueprint.add_url_rule(place, f"page_{number}", show)

    @blueprint.get("/pages/<of_version>/<path:name>")
    def asset(of_version: str, name: str) -> Any:
        found = assets.get(name)
        if found is None or of_version != version:
            raise not_found("file")
        answer = _packed_or_not(found)
        answer.headers["Cache-Control"] = _A_YEAR
        answer.headers["Vary"] = "Accept-Encoding"
        return answer

    return blueprint


class _Shell:
    """The document around every page, in each language that there are texts for."""

    def __init__(self, version: str, sign_in: dict[str, str], modules: Sequence[str]) -> None:
        self._style = (HOME / "style.css").read_text()
        texts = {file.stem: json.loads(file.read_text()) for file in sorted((HOME / "texts").glob("*.json"))}
        self.languages = tuple(texts)
        template = templates_in(HOME).get_template("shell.html")
        names = {language: own["language.name"] for language, own in texts.items()}
        self._documents = {
            language: _asset(
                "text/html; charset=utf-8",
                template.render(
                    language=language,
                    languages=names,
                    text=texts[_DEFAULT_LANGUAGE] | own,
                    style=self._style,
                    base=f"/pages/{version}",
                    modules=modules,
                    sign_in=sign_in,
                ).encode(),
            )
            for language, own in texts.items()
        }

    def document(self, language: str) -> Asset:
        return self._documents[language]

    def policy(self, connect: Sequence[str]) -> str:
        return "; ".join(
            (
                "default-src 'none'",
                "script-src 'self'",
                f"style-src {style_source(self._style)}",
                "img-src 'self'",
                " ".join(("connect-src 'self'", *connect)),
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'",
                "require-trusted-types-for 'script'",
                "trusted-types lit-html",
            )
        )


def _assets() -> dict[str, Asset]:
    return {
        file.relative_to(HOME).as_posix(): _asset(_content_type(file), file.read_bytes())
        for file in HOME.rglob("*")
        if file.suffix in {".js", ".svg"}
    }


def _asset(content_type: str, data: bytes) -> Asset:
    return Asset(content_type, data, gzip.compress(data, mtime=0))


def _content_type(file: Path) -> str:
    if file.suffix == ".js":  # some machines' registries say otherwise
        return "text/javascript; charset=utf-8"
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def _version(assets: dict[str, Asset]) -> str:
    """Changes with any script, so that each may be kept for ever under its address."""
    sums = [f"{name} {hashlib.sha256(asset.data).hexdigest()}" for name, asset in sorted(assets.items())]
    return hashlib.sha256("\n".join(sums).encode()).hexdigest()[:16]


def _is_common(name: str) -> bool:
    """Whether every page needs it: scripts of one page lie a folder deeper."""
    return name.endswith(".js") and not name.startswith("scripts/pages/")


def _language(known: Sequence[str]) -> str:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in known:
        return chosen
    return their_language(known)


def _packed_or_not(asset: Asset) -> Response:
    packed = request.accept_encodings["gzip"] > 0
    answer = Response(asset.packed if packed else asset.data, content_type=asset.content_type)
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    return answer
