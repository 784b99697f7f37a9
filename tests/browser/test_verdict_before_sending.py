"""The browser's look at a file says of its header what the server says, for every sample file."""

import base64
import re
from pathlib import Path

import pytest
from browser.portal import Portal
from unit.upload_domain.test_header_check import corpus

from rollbook.common.dictionary import DICTIONARY
from rollbook.upload.domain.ingest import ingest
from rollbook.upload.domain.problem import FileRefused

DATA = Path(__file__).parents[1] / "data"
FILES = sorted([*(DATA / "accept").glob("*.csv"), *(DATA / "reject").glob("*.csv")])
LOOK = """async ({ address, files, dictionary }) => {
    const { checkFile } = await import(address);
    return Promise.all(files.map(async ([kind, data]) => {
        const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
        const { problems, correctedHeader } = await checkFile(new Blob([bytes]), kind, dictionary);
        const told = problems.map(({ code, got, expected }) => [code, got ?? null, expected ?? null]);
        return [told, correctedHeader];
    }));
}"""


@pytest.fixture(scope="module")
def looked_at(browser, embedded):
    """What the page says of files, each (kind, bytes)."""
    dictionary = {
        kind: [{"name": column.name, "header": column.header} for column in DICTIONARY[kind].columns]
        for kind in DICTIONARY
    }

    def look(files):
        sent = [(kind, base64.b64encode(data).decode()) for kind, data in files]
        return page.evaluate(LOOK, {"address": address, "files": sent, "dictionary": dictionary})

    with Portal(browser, embedded, "example") as portal:
        page = portal.open("/")
        address = page.locator('link[href$="/parts/file_check.js"]').get_attribute("href")
        yield look


def told_by_the_server(kind, data):
    """([code, got, expected] of each problem that the browser can see too, the corrected header)."""
    try:
        ingest([data], kind=kind)
    except FileRefused as refused:
        problems = [told(one.code, one.got, one.expected) for one in refused.problems]
        return problems, refused.corrected_header
    return [], ""


def told(code, got, expected):
    """Without what the browser words in its own way, as what a file is that is no CSV."""
    given = re.match(r"header\.(wrong_case|misspelled|extra|duplicate|missing)|file\.wrong_kind", code)
    return [code, got or None, expected or None] if given else [code, None, None]


def kinds(file):
    return ("demographics", "users") if file.name.startswith("demographics") else ("users", "demographics")


def test_it_agrees_on_every_header_and_every_file_of_the_corpus_as_either_kind(looked_at):
    cases = {
        f"{file.parent.name}/{file.name} as {kind}": (kind, file.read_bytes())
        for file in FILES
        for kind in kinds(file)
    }
    cases |= {
        f"{one.id} in {encoding}": ("users", f"{one.values[0]}\nx,y\n".encode(encoding))
        for one in corpus()
        for encoding in ("utf-8", "utf-8-sig", "utf-16")
    }
    cases |= {
        f"a header of {len(data):,} bytes": ("demographics", data)
        for data in (
            b"userId," + b"x" * (65_536 - 7) + b"\nx,y\n",
            b"userId," + b"x" * (65_537 - 7) + b"\nx,y\n",
            b"userId," + b"x" * 1_000_000 + b"\nx,y\n",
            b'userId,"' + b"x\n" * 40_000 + b'"\nx,y\n',
        )
    }
    found = {
        case: ([told(*problem) for problem in problems], header or "")
        for case, (problems, header) in zip(cases, looked_at(cases.values()), strict=True)
    }
    expected = {case: told_by_the_server(kind, data) for case, (kind, data) in cases.items()}
    assert {case: (found[case], expected[case]) for case in cases if found[case] != expected[case]} == {}
