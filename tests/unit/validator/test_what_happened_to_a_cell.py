"""Where the looks of a wrong cell tell what happened to it, the texts say that and what to do."""

import textwrap

import pytest

TEXTS = """
    userId: 1/2/2024 0:00
        userId “1/2/2024 0:00” is a date; a spreadsheet has probably made it of the ID.
        Format the column as Text in your spreadsheet and enter userId again as your student
        information system has it.

    schoolId: Jan 2, 2024
        schoolId “Jan 2, 2024” is a date; a spreadsheet has probably made it of the ID.
        Format the column as Text in your spreadsheet and enter schoolId again as your student
        information system has it.

    schoolId: #REF!
        schoolId “#REF!” is what a spreadsheet shows where a formula fails; the value itself is not there.
        Correct the formula in your spreadsheet, or enter schoolId again as your student information
        system has it.

    userEmail: #N/A
        userEmail “#N/A” is what a spreadsheet shows where a formula fails; the value itself is not there.
        Correct the formula in your spreadsheet, or enter userEmail again as your student information
        system has it.

    userId: 1,5E+12
        userId “1,5E+12” is a long number that a spreadsheet has shortened; its last digits are lost.
        Format the column as Text in your spreadsheet and enter userId again as your student
        information system has it.

    userId: 1.5E+12
        userId “1.5E+12” is a long number that a spreadsheet has shortened; its last digits are lost.
        Format the column as Text in your spreadsheet and enter the full userId again from your student
        information system.

    userId: '00123
        userId “'00123” begins with an apostrophe, by which spreadsheets mark text.
        Delete the apostrophe at the beginning: enter 00123 in userId.

    userId: 00 123
        userId “00 123” holds a space, which is not allowed in it.
        Delete the space from userId, and use only letters without accents, digits and . _ : ~ / # - in it.

    userId: 00123\u200b4
        userId “00123\u200b4” holds an invisible character, of the kind that copying from elsewhere brings
        along.
        Clear userId and type it in by hand.

    userId: Jos\u00e9
        userId “José” holds “é”, which is not allowed in an ID.
        Use only letters without accents, digits and . _ : ~ / # - in userId, with no spaces.

    userRole: student\u200b
        userRole “student\u200b” holds an invisible character, of the kind that copying from elsewhere
        brings along.
        Clear userRole and type student in by hand.

    userGrade: \u202a7\u202c
        userGrade “\u202a7\u202c” holds an invisible character, of the kind that copying from elsewhere
        brings along.
        Clear userGrade and type 07 in by hand.

    userRole: pupil\u200bs
        userRole “pupil\u200bs” holds an invisible character, of the kind that copying from elsewhere
        brings along.
        Clear userRole and type it in by hand, as one of: student, teacher, administrator.

    classGrade: 8-Jul
        classGrade “8-Jul” is a date; a spreadsheet has probably made it of the grade.
        Format the column as Text in your spreadsheet and enter 07,08 in classGrade.

    userEmail: ana.example.org
        userEmail “ana.example.org” has no @, so it is not an e-mail address.
        Enter the person's full e-mail address, like name@example.org, in userEmail.

    userEmail: ana@example
        userEmail “ana@example” has no dot after the @, so the end of the address is missing.
        Enter the whole address in userEmail, with its ending, such as .org.

    userEmail: ana @example.org
        userEmail “ana @example.org” holds a space, which is not allowed in it.
        Check the address and enter ana@example.org in userEmail.

    userEmail: ana@example.org; bea@example.org
        userEmail “ana@example.org; bea@example.org” holds more than one address.
        Enter one address in userEmail: the person's own.

    userEmail: josé@example.org
        userEmail “josé@example.org” holds a character that an e-mail address cannot have, such as an
        accent, a comma or a bracket.
        Enter the address as the person's mail program shows it, like name@example.org, in userEmail.

    userEmail: ana.@example.org
        userEmail “ana.@example.org” has a dot out of place: at the beginning or the end, beside the @, or
        two together.
        Delete the dot that is too many from userEmail.

    userMiddleName: -
        userMiddleName “-” is only a hyphen, with which a spreadsheet would begin a formula.
        Enter the value itself in userMiddleName; where there is none and none is needed, leave the cell
        blank.
"""


def cells():
    for block in textwrap.dedent(TEXTS).strip().split("\n\n"):
        first, *rest = block.split("\n")
        column, cell = first.split(": ", 1)
        yield pytest.param(column, cell, " ".join(" ".join(rest).split()), id=first)


@pytest.mark.parametrize(("column", "cell", "texts"), list(cells()))
def test_the_texts_say_what_happened_and_what_to_do(check, column, cell, texts):
    found = check(f'classId, {column}\nC1, "{cell}"')
    assert [(c, f"{m} {h}") for c, m, h in found.flat("column", "message", "howToFix")] == [(column, texts)]
