"""Every example of the dictionary that a file alone can show is what it says it is."""

import pytest
from reference.comparison import Cuts, checked_file
from unit.validator.conftest import completed

from rollbook.common.dictionary import DICTIONARY, catalogue
from rollbook.common.dictionary.examples import examples

SHOWN = [
    (kind, code)
    for kind in DICTIONARY
    for code, finding in catalogue(kind).items()
    if finding.problem.stage in {"file", "record", "across"}
]


def written(cells, *, raw):
    return ",".join(cell if raw else '"' + cell.replace('"', '""') + '"' for cell in cells)


def codes_in(kind, rows, *, code, encoding="utf-8"):
    """The codes found in a file of these rows; those of `row.…` are written as they stand in a file."""
    columns = DICTIONARY[kind].names
    lines = [",".join(columns)]
    for row in rows:
        whole = completed(row) if kind == "users" else row
        raw = code in {"row.too_few_cells", "row.too_many_cells", "row.bad_quote"}
        lines.append(written((whole.get(name, "") for name in columns), raw=raw))
    checked = checked_file("\n".join(lines).encode(encoding), kind, Cuts())
    return set(checked.findings()["code"])


@pytest.mark.parametrize(("kind", "code"), SHOWN)
def test_an_example_is_judged_as_the_dictionary_says(kind, code):
    example = examples(kind)[code]
    encoding = "cp1252" if code == "file.encoding_guessed" else "utf-8"
    assert codes_in(kind, example.accepted, code=code) == set()
    assert codes_in(kind, example.rejected, code=code, encoding=encoding) == {code}


@pytest.mark.parametrize("kind", DICTIONARY)
def test_every_finding_has_an_example(kind):
    assert list(examples(kind)) == list(catalogue(kind))
