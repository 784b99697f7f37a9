"""Section 3 of the data dictionary, "Findings across records", rule by rule."""


def test_the_first_filled_cell_of_a_person_is_the_reference(check):
    found = check("""
        userId, userMiddleName, classId
        s1,     ,               C1
        s1,     May,            C2
        s1,     June,           C3
        s1,     ,               C4
        s1,     June,           C5
    """)
    assert found.flat("row", "code", "suggestion", "relatedRows") == [
        (4, "userMiddleName.inconsistent", "May", "3"),
        (6, "userMiddleName.inconsistent", "May", "3"),
    ]


def test_a_class_is_one_class_and_a_school_has_one_name(check):
    found = check("""
        userId, schoolId, schoolName, classId, className, classGrade
        s1,     001,      Oak,        C1,      Maths,     7
        s2,     002,      Elm,        C1,      Physics,   "07"
        s3,     001,      Oak St,     ,        ,
    """)
    assert found.flat("row", "code", "relatedRows") == [
        (3, "schoolId.inconsistent", "2"),
        (3, "className.inconsistent", "2"),
        (4, "schoolName.inconsistent", "2"),
    ]


def test_a_second_person_with_the_same_email_is_found_on_the_later_row(check):
    found = check("""
        userId, userEmail
        s1,     ana@d1.example
        s2,     ANA@d1.example
    """)
    assert found.flat("row", "column", "code", "relatedRows") == [
        (3, "userEmail", "userEmail.duplicate", "2")
    ]


def test_ids_are_compared_with_their_capitals(check):
    assert check("userId, userStateId\ns1, tx1\ns2, TX1\nS1, tx2").flat() == []


def test_a_cell_with_a_finding_of_its_own_takes_no_part(check):
    found = check("""
        userId, userLastName, userEmail
        s1,     =Lee,         ana@d1.example
        s1,     Li,           ana@d1.example
        s1,     Li,           nobody
    """)
    assert [row for row in found.flat() if row[2].endswith(("inconsistent", "userEmail.duplicate"))] == []


def test_only_records_that_add_are_compared_with_each_other(check):
    found = check("""
        action,     userId, userRole, userFirstName, classId
        deactivate, s1,     teacher,  Bea,
        ,           s1,     student,  Ana,           C1
        bogus,      s1,     student,  Bea,           C2
    """)
    assert found.flat() == [
        (4, "action", "action.unknown_value"),
        (4, "userFirstName", "userFirstName.inconsistent"),
    ]


def test_a_record_about_the_same_person_and_class_is_a_duplicate_or_a_conflict(check):
    found = check("""
        action, userId, classId
        ,       s1,     C1
        add,    s1,     C1
        remove, s1,     C1
        add,    s1,     C2
        add,    s1,
        add,    s1,
        bogus,  s1,     C1
    """)
    assert found.flat("row", "code", "relatedRows") == [
        (3, "row.duplicate", "2"),
        (4, "action.conflict", "2"),
        (7, "row.duplicate", "6"),
        (8, "action.unknown_value", ""),
    ]


def test_without_a_class_the_same_person_may_be_at_two_schools(check):
    assert check("userId, schoolId\nt1, 001\nt1, 002").flat() == []


def test_more_than_eighty_students_get_advice_on_the_first_row_of_the_class(check):
    def rows(count):
        return "\n".join(f"s{number}, C1, student, 07" for number in range(count))

    head = "userId, classId, userRole, userGrade\nt1, C1, teacher,\n"
    assert check(head + rows(80)).flat() == []
    large = check(head + rows(81))
    assert large.flat("row", "code", "severity", "suggestion") == [
        (2, "classId.over_recommended_size", "warning", "81")
    ]
    assert large.checked.accepted == 82


def test_every_further_primary_teacher_is_related_to_the_first(check):
    found = check("""
        userId, userRole, classId, primaryTeacher
        t1,     teacher,  C1,      y
        t2,     teacher,  C1,      no
        t3,     teacher,  C1,      TRUE
        t4,     teacher,  C1,      yes
        t1,     teacher,  C2,      yes
    """)
    assert found.flat("row", "code", "value", "relatedRows") == [
        (4, "primaryTeacher.several", "TRUE", "2"),
        (5, "primaryTeacher.several", "yes", "2"),
    ]


def test_an_id_like_a_social_security_number_is_mentioned_once(check):
    found = check("""
        userId,      classId
        123456789,   C1
        123456789,   C2
        123-45-6789, C1
        12345678,    C1
        1234567890,  C1
    """)
    assert found.flat() == [
        (2, "userId", "userId.resembles_ssn"),
        (4, "userId", "userId.resembles_ssn"),
    ]


def test_a_rejected_record_is_counted_once(check):
    found = check("""
        userId, userEmail,     userFirstName
        s1,     a@d1.example,  Ana
        s1,     a@d1.example,  Ana
        s2,     a@d1.example,  =Bea
    """)
    figures = found.checked.figures
    assert (figures.rows, figures.records, figures.rejected, figures.errors) == (3, 3, 2, 3)
