"""The vectorised rules find what the same rules in plain Python find, wherever the chunks are cut."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.validator import plain_checker
from unit.validator.conftest import check_bytes, to_csv

from rollbook.common.dictionary import DICTIONARY

COLUMNS = list(DICTIONARY["users"].names)
ODD = ["", "=1", "-", "a\tb", "a\x1fb", "1.5E+12", "é", "x" * 101, "é" * 100, "x" * 256, "a b", "a\u2029b"]
POOLS = {
    "action": ["", "", "", "add", "ADD", "remove", "deactivate", "drop"],
    "schoolId": ["1", "01", "2"],
    "schoolName": ["Oak", "Elm", ""],
    "userRole": ["student", "Teacher", "administrator", "pupil"],
    "userId": ["a", "A", "b", "123456789", "123-45-6789"],
    "userDistrictId": ["", "d1", "D1"],
    "userStateId": ["", "x1", "x2"],
    "userFirstName": ["Ana", "Bea"],
    "userMiddleName": ["", "May", "June"],
    "userLastName": ["Lee", "李"],
    "userEmail": ["a@d.example", "A@D.example", "b@d.example", "b@d", "a..b@d.example", "a@d..example"],
    "userGrade": ["", "", "7", "07", "k", "14"],
    "classId": ["", "", "C1", "C2"],
    "className": ["", "Maths", "maths"],
    "classDisplayName": ["", "M"],
    "classGrade": ["", "7", "07, 8", "7,08", "7,", "k"],
    "primaryTeacher": ["", "", "Y", "true", "no", "maybe"],
}
RECORD = st.fixed_dictionaries(
    {name: st.one_of(st.sampled_from(pool), st.sampled_from(pool + ODD)) for name, pool in POOLS.items()}
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(RECORD, min_size=1, max_size=12), st.integers(1, 12))
def test_the_same_is_found_as_by_plain_python(records, chunk_rows):
    checked = check_bytes(to_csv(COLUMNS, records), "users", list(COLUMNS), chunk_rows)
    found = checked.findings().select("row", "code", "relatedRows").rows()
    expected = plain_checker.check(records)
    assert sorted(found) == expected
    warnings = ("primaryTeacher.several", "userId.resembles_ssn")
    assert checked.figures.rejected == len({row for row, code, _ in expected if code not in warnings})


@settings(max_examples=30, deadline=None)
@given(st.lists(RECORD, min_size=1, max_size=12), st.integers(1, 12))
def test_where_a_file_is_cut_into_chunks_does_not_matter(records, chunk_rows):
    data = to_csv(COLUMNS, records)
    whole = check_bytes(data, "users", list(COLUMNS))
    cut = check_bytes(data, "users", list(COLUMNS), chunk_rows)
    assert cut.findings().equals(whole.findings())
    assert cut.figures == whole.figures
