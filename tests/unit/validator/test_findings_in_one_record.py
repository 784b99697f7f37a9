"""Section 3 of the data dictionary, "Findings in one record", rule by rule."""

import pytest

from rollbook.common.dictionary import DICTIONARY


def test_a_clean_record_has_no_finding(check):
    assert check("userId, userRole\ns1, student\nt1, teacher").flat() == []


def test_a_cell_gets_the_first_finding_of_the_table_only(check):
    found = check(f"""
        userId,   userDistrictId
        =s 1,     D1
        s2,       {"=é" * 51}
    """)
    assert found.flat() == [
        (2, "userId", "userId.formula"),
        (3, "userDistrictId", "userDistrictId.too_long"),
    ]


def test_every_cell_of_a_record_is_judged(check):
    found = check("""
        userId, userRole, userFirstName, userEmail, userGrade
        s 1,    pupil,    ,              nobody,    99
    """)
    assert found.flat("column", "code") == [
        ("userRole", "userRole.unknown_value"),
        ("userId", "userId.malformed"),
        ("userFirstName", "userFirstName.required"),
        ("userEmail", "userEmail.malformed"),
        ("userGrade", "userGrade.unknown_value"),
    ]


@pytest.mark.parametrize("damaged", ["1E+11", "4.17E+11", "4.17e+1", "12.5E+123"])
def test_a_long_number_damaged_by_a_spreadsheet_is_named_so(check, damaged):
    assert check(f"userId\n{damaged}").flat("code") == [("userId.scientific_notation",)]


@pytest.mark.parametrize("damaged", ["1E11", "4.E+11", "E+11", "1E+1234", "1E-11"])
def test_what_only_looks_a_little_like_scientific_notation_is_not(check, damaged):
    assert ("userId.scientific_notation",) not in check(f"userId\n{damaged}").flat("code")


@pytest.mark.parametrize(
    "address",
    ["ana@example.org", "a.b+c@d1.example", "o'neil_{x}~@x.example", f"{'a' * 64}@example.org", "1@2.3"],
)
def test_an_address_of_the_living_standard_is_accepted(check, address):
    assert check(f"userEmail\n{address}").flat() == []


@pytest.mark.parametrize(
    "address",
    [
        "ana", "ana@", "ana@example", "a..b@example.org", ".a@example.org", "a.@example.org",
        f"{'a' * 65}@example.org", "a b@example.org", "ana@-x.example", "ana@x-.example", "ana@x..example",
        f"ana@{'x' * 64}.example", "añá@example.org", "ana@exämple.org", "a@b@example.org",
        "ana@example.org.",
    ],
)  # fmt: skip
def test_an_address_of_another_form_is_malformed(check, address):
    assert check(f"userEmail\n{address}").flat("code") == [("userEmail.malformed",)]


def test_an_address_is_kept_in_lower_case_and_reported_as_written(check):
    found = check("""
        userId, userEmail
        s1,     Ana@Example.org
        s2,     ANA@example.ORG
    """)
    assert found.flat("row", "code", "value") == [(3, "userEmail.duplicate", "ANA@example.ORG")]


@pytest.mark.parametrize("grade", ["k", "KG", "kg", "1", "01", "13", "other", "OTHER", "ps"])
def test_a_grade_is_read_without_regard_to_case_or_a_missing_zero(check, grade):
    assert check(f"userGrade\n{grade}").flat() == []


@pytest.mark.parametrize("grades", ['"7,8"', '" 7 , K,other"', "10"])
def test_a_class_may_have_several_grades(check, grades):
    assert check(f"classId, classGrade\nC1, {grades}").flat() == []


@pytest.mark.parametrize("grades", ['"07,,08"', '"07,"', '"07,14"', '","', "07;08"])
def test_a_class_grade_with_a_part_that_is_no_grade_is_unknown(check, grades):
    assert check(f"classId, classGrade\nC1, {grades}").flat("code") == [("classGrade.unknown_value",)]


@pytest.mark.parametrize("between", ["\n", "\t", "\x1f", "\x85", "\u2028"])
def test_a_control_character_between_class_grades_is_one(check, between):
    found = check(f'classId, classGrade\nC1, "07,{between}08"')
    assert found.flat("code") == [("classGrade.control_character",)]


def test_a_line_break_inside_a_cell_is_a_control_character(check):
    assert check('userFirstName\n"An\na"').flat("code", "suggestion", "message") == [
        (
            "userFirstName.control_character",
            "An a",
            "userFirstName “An␣a” holds a line break or another control character (shown as ␣).",
        )
    ]


def test_what_must_be_filled_depends_on_the_action(check):
    found = check("""
        action,     schoolId, userRole, userId, userFirstName, userLastName, userEmail, classId
        add,        ,         ,         ,       ,              ,             ,
        remove,     ,         ,         ,       ,              ,             ,
        deactivate, ,         ,         ,       ,              ,             ,
    """)
    assert [(row, column) for row, column, _ in found.flat()] == [
        (2, "schoolId"), (2, "userRole"), (2, "userId"), (2, "userFirstName"), (2, "userLastName"),
        (2, "userEmail"), (3, "schoolId"), (3, "userId"), (3, "classId"), (4, "schoolId"), (4, "userId"),
    ]  # fmt: skip
    assert {code.split(".")[1] for _, _, code in found.flat()} == {"required"}


def test_a_class_needs_its_id_and_its_name(check):
    found = check("""
        userId, userRole, classId, className, classGrade, primaryTeacher
        s1,     student,  ,        Maths,     ,
        s2,     student,  ,        ,          07,
        t1,     teacher,  ,        ,          ,           yes
        s3,     student,  C1,      ,          ,
        s4,     student,  C 1,     ,          ,
    """)
    assert found.flat() == [
        (2, "classId", "classId.required"),
        (3, "classId", "classId.required"),
        (4, "classId", "classId.required"),
        (5, "className", "className.required"),
        (6, "classId", "classId.malformed"),
        (6, "className", "className.required"),
    ]


def test_grades_are_for_students_and_primary_teachers_are_staff(check):
    found = check("""
        userId, userRole,      userGrade, classId, primaryTeacher
        s1,     student,       ,          ,
        t1,     teacher,       07,        ,
        a1,     Administrator, 07,        ,
        s2,     student,       07,        C1,      false
        t2,     teacher,       ,          C1,      false
    """)
    assert found.flat() == [
        (2, "userGrade", "userGrade.required"),
        (3, "userGrade", "userGrade.not_allowed"),
        (4, "userGrade", "userGrade.not_allowed"),
        (5, "primaryTeacher", "primaryTeacher.not_allowed"),
    ]


def test_rules_of_the_role_are_skipped_where_the_role_has_a_finding(check):
    found = check("""
        userId, userRole, userGrade, classId, primaryTeacher
        s1,     pupil,    ,          C1,      true
        s2,     ,         07,        C1,      true
    """)
    assert [row for row in found.flat() if row[2].endswith(("userGrade.required", "not_allowed"))] == []


def test_a_person_who_leaves_leaves_no_class_cells(check):
    found = check("""
        action,     userId, classId, className, classDisplayName, classGrade, primaryTeacher
        deactivate, s1,     C1,      Maths,     M,                07,         no
    """)
    assert found.flat("code") == [
        ("classId.not_allowed",),
        ("className.not_allowed",),
        ("classDisplayName.not_allowed",),
        ("classGrade.not_allowed",),
        ("primaryTeacher.not_allowed",),
    ]


def test_a_record_whose_action_is_unknown_is_judged_as_add(check):
    found = check("""
        action, userId, userFirstName
        drop,   s1,     -
    """)
    assert found.flat("code", "suggestion") == [
        ("action.unknown_value", "remove"),
        ("userFirstName.formula", ""),
    ]


@pytest.mark.parametrize(
    ("column", "written", "meant"),
    [
        ("userRole", "studnet", "student"),
        ("userRole", "TEACHR", "teacher"),
        ("userRole", "principal", "administrator"),
        ("userGrade", "7th", "07"),
        ("userGrade", "Kindergarten", "KG"),
        ("userEmail", "ana @example.org", "ana@example.org"),
        ("userEmail", '"ana@example,org"', "ana@example.org"),
        ("userEmail", "Ana Lee <ana@example.org>", "ana@example.org"),
        ("userId", '"=""00123"""', "00123"),
        ("userId", "a é", " "),
        ("userFirstName", "=Ana", "Ana"),
        ("userId", "'00123", "00123"),
        ("userId", "'00 123", ""),
        ("classGrade", "07;08", "07,08"),
        ("classGrade", "7th & 8th / 9", "07,08,09"),
        ("classGrade", "K - 2", "KG,01,02"),
        ("classGrade", "06-8", "06,07,08"),
        ("classGrade", "8-Jun", "06,07,08"),
        ("classGrade", "07-Aug", "07,08"),
        ("classGrade", "7;x", ""),
    ],
)
def test_what_was_meant_is_suggested(check, column, written, meant):
    found = check(f"classId, {column}\nC1, {written}")
    assert found.flat("column", "suggestion") == [(column, meant)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("3/4/2012", "2012-03-04"),
        ("13/4/2012", "2012-04-13"),
        ("31.12.2012", "2012-12-31"),
        ("2012-03-04 00:00:00", "2012-03-04"),
        ("3/4/2012 0:00", "2012-03-04"),
        ("40972", "2012-03-04"),
        ("99999", ""),
        ("3/4/2999", ""),
    ],
)
def test_the_day_that_was_meant_is_suggested(check, written, meant):
    found = check(f"userId, birthDate\ns1, {written}", "demographics")
    assert found.flat("code", "suggestion") == [("birthDate.malformed", meant)]


@pytest.mark.parametrize(
    ("kind", "column", "cell", "problem"),
    [
        (kind, column.name, cell, problem)
        for kind, dictionary in DICTIONARY.items()
        for column in dictionary.columns
        for cell, problem in ((column.accepted, None), (column.rejected, column.rejected_for))
    ],
)
def test_the_examples_of_the_dictionary_are_judged_as_it_says(check, kind, column, cell, problem):
    quoted = '"' + cell.replace('"', '""') + '"'
    row = {"userId": "u1"} | {column: quoted}
    if column == "primaryTeacher":
        row |= {"userRole": "teacher", "classId": "C1"}
    elif column.startswith("class"):
        row = {"classId": "C1"} | row
    found = check(", ".join(row) + "\n" + ", ".join(row.values()), kind)
    expected = [] if problem is None else [(column, f"{column}.{problem}")]
    assert found.flat("column", "code") == expected


def test_demographics_are_judged_cell_by_cell_and_a_student_has_one_row(check):
    found = check(
        """
        userId, birthDate,  sex, asian, countryOfBirthCode
        s1,     2012-02-29, M,   y,     US
        s2,     2011-02-29, ,    Y,     USA
        s1,     1899-12-31, ,    x,     U1
        ,       2026-03-02, ,    ,
        s4,     3/4/2012,   ,    ,
        """,
        "demographics",
    )
    assert found.flat("row", "code", "suggestion", "relatedRows") == [
        (2, "sex.unknown_value", "male", ""),
        (3, "birthDate.malformed", "", ""),
        (3, "countryOfBirthCode.too_long", "3", ""),
        (4, "row.duplicate", "", "2"),
        (4, "birthDate.malformed", "", ""),
        (4, "asian.unknown_value", "true", ""),
        (4, "countryOfBirthCode.malformed", "", ""),
        (5, "userId.required", "to say whose record it is", ""),
        (5, "birthDate.malformed", "", ""),
        (6, "birthDate.malformed", "2012-03-04", ""),
    ]
