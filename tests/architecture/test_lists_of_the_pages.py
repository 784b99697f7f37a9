"""What the pages offer to choose from is what the services know: they are written in two languages."""

import json
import re

import pytest

from rollbook.common.dictionary import DICTIONARY
from rollbook.common.dictionary.formats import GRADE
from rollbook.reports.ports import KINDS, STATUSES
from rollbook.roster.domain import record_list, records
from rollbook.roster.domain.edit import EDITABLE
from rollbook.roster.entrypoints.export import MOST_SELECTED
from rollbook.upload.domain.district import SOURCES
from rollbook.upload.domain.states import BUSY, FINAL, WAITING
from rollbook.upload.entrypoints.pages import HOME

TEXTS = json.loads((HOME / "texts/en.json").read_text())
LISTS = [
    ("pages/upload.js", "KINDS", DICTIONARY),
    ("pages/history.js", "KINDS", KINDS),
    ("pages/history.js", "STATUSES", STATUSES),
    ("pages/one_district.js", "SOURCES", SOURCES),
    ("pages/people.js", "GRADES", GRADE.allowed),
    ("pages/people.js", "STATUSES", record_list.STATUSES),
]
SETS = [
    ("pages/one_upload.js", "BUSY", BUSY),
    ("parts/watch.js", "BUSY", BUSY),
    ("pages/one_upload.js", "CORRECTING|DECIDING", WAITING),
    ("pages/one_upload.js", "WITHOUT_REPORT", {"refused", "failed", "cancelled"}),
]


def words_of(script: str, name: str) -> list[str]:
    """The texts in the list, or the lists, of this name in a script."""
    source = (HOME / "scripts" / script).read_text()
    found = re.findall(rf"^(?:const|  )\s*(?:{name})\b[^;\n]*?\[([^\]]*)\]", source, re.MULTILINE)
    assert found, (script, name)
    return [word for one in found for word in re.findall(r'"([^"]*)"', one)]


@pytest.mark.parametrize(
    ("script", "name", "known"), LISTS, ids=lambda part: part if isinstance(part, str) else ""
)
def test_a_list_to_choose_from_is_that_of_the_service_in_its_order(script, name, known):
    assert words_of(script, name) == list(known)


@pytest.mark.parametrize(
    ("script", "name", "known"), SETS, ids=lambda part: part if isinstance(part, str) else ""
)
def test_states_that_a_page_tells_apart_are_those_of_the_service(script, name, known):
    assert set(words_of(script, name)) == set(known)


def test_as_many_people_can_be_selected_as_the_roster_takes():
    source = (HOME / "scripts/pages/people.js").read_text()
    assert re.findall(r"MOST_SELECTED = (\S+);", source) == [f"{MOST_SELECTED:_}"]


def test_every_state_of_an_upload_is_known_to_the_history():
    assert set(STATUSES) == BUSY | WAITING | FINAL


def test_every_field_that_may_be_edited_has_a_place_in_a_form():
    people = words_of("pages/record.js", "students|staff")
    assert set(people) == set(EDITABLE[records.PERSON])
    assert set(words_of("pages/record.js", "classes")) == set(EDITABLE[records.CLASS])


@pytest.mark.parametrize(
    ("prefix", "known"),
    [
        ("status.", STATUSES),
        ("kind.", KINDS),
        ("source.", SOURCES),
        ("people.", record_list.STATUSES),
        ("field.", {name for fields in EDITABLE.values() for name in fields}),
    ],
)
def test_each_has_a_name_that_people_read(prefix, known):
    assert [one for one in known if prefix + one not in TEXTS] == []
