"""What the cells of made-up files hold: sound values, near misses, what spreadsheets and people leave behind.

The pools are small, so that records collide: the rules across records need the same person, class or e-mail
address again and again, with one cell that differs.
"""

WHITE = [" ", "  ", "\t", "\v", "\f", "\x85", "\xa0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202f",
    "\u3000", "\ufeff", "\r", "\n", "\r\n"]  # fmt: skip
NOT_WHITE = ["\x1c", "\x1f", "\u180e", "\u200b", "\u200d", "\u2060", "\x01", "\x7f", "\x9f", "\u0301",
    "\u0338", "\U0001f600", "\u00ad"]  # fmt: skip
ODD = [
    "=1", "+1", "-", "-x", "@x", "=\u0338x", "a\tb", "a\x1fb", "a\x85b", "a\u2028b", "a\u2029b", "a\nb",
    "a\rb", "a\r\nb",
    "1.5E+12", "1E+5", "1e+123", "1e+1234", "1.E+5", ".5E+5", "1.5E-12", "1.5E12", "\u0661E+5", "1,5E+12",
    "-1E+5",
    "é", "e\u0301", "\u212b", "\u212a", "\u017f", "\u1fef", "\u037e", "ß", "İ", "ﬁ", "가", "\u1100\u1161",
    "李", "\U0001f600", "\u180e", "\u200b",
    "x" * 100, "x" * 101, "é" * 100, "é" * 101, "e\u0301" * 100, "e\u0301" * 101, "\U0001f600" * 255,
    "x" * 255, "x" * 256,
    "a b", "a\xa0b", "a\ufeffb", '"', '""', 'a"b', 'a""b', '"a"', ",", "a,b", "a;b", "a|b", "'1", "1.0",
    "00123", "123",
    "1/2/2024", "2024-01-02 00:00:00", "44927", "#N/A", "#REF!", "NULL", "null", "None", "nan", "N/A",
    "TRUE", "true", "0", "1",
    "\\", "\\n", "~", "#", ".", ":", "/", "_", "$", "%s", "{value}", "<b>", "\u2019", "\u201c", "ÿ", "Ÿ",
        "€",
]  # fmt: skip
EMAILS = [
    "a@d.example", "A@D.example", "b@d.example", "b@d", "a..b@d.example", ".a@d.example", "a.@d.example",
    "a@d..example",
    "a@-d.example", "a@d-.example", "a@d-d.example", "a@d.example.", "a@.example", "@d.example", "a@", "a",
    "a@b@c.example",
    "x" * 64 + "@d.example", "x" * 65 + "@d.example", "a@" + "d" * 63 + ".example",
    "a@" + "d" * 64 + ".example",
    "a@" + ".".join(["d" * 60] * 4) + ".exampl", "a@" + ".".join(["d" * 60] * 4) + ".example12",
    "a b@d.example",
    "a@d example", "a,b@d.example", '"a"@d.example', "a@[127.0.0.1]", "é@d.example", "a@é.example",
    "a\u212a@d.example",
    "a\u1fefb@d.example", "!#$%&'*+/=?^_`{|}~-@d.example", "a@1.2", "a@d.e", "a@d_d.example",
    "a(b)@d.example",
    "mailto:a@d.example", "Ana <a@d.example>", "a@d.example;b@d.example", "a\u200b@d.example",
    "a@d.example\u200b", "'a@d.example",
    "-a@d.example", "+a@d.example", "a@d.example/", "a\\b@d.example", "a@xn--d.example", "ſ@d.example",
]  # fmt: skip
GRADES = ["", "7", "07", "K", "k", "kg", "KG", "other", "OTHER", "Other", "pk", "14", "00", "0", "013",
    "13", "\u0667", "7.0", "1st", "\u212aG", "\u212a", "O\u0308ther"]  # fmt: skip
YES = ["", "", "Y", "true", "TRUE", "no", "n", "maybe", "1", "0", "x", "Yes", "yeſ"]
POOLS = {
    "action": ["", "", "", "", "add", "ADD", "remove", "deactivate", "Deactivate", "drop", "update"],
    "schoolId": ["1", "1", "01", "2", ""],
    "schoolName": ["Oak", "Elm", "oak", ""],
    "userRole": ["student", "student", "Teacher", "administrator", "pupil", "", "ſtudent", "STUDENT"],
    "userId": ["a", "A", "b", "c", "123456789", "123-45-6789", "", "1-2", "12345678", "123-456-789"],
    "userDistrictId": ["", "d1", "D1", "d2"],
    "userStateId": ["", "x1", "x2"],
    "userFirstName": ["Ana", "Ana", "Bea", "ana", ""],
    "userMiddleName": ["", "May", "June"],
    "userLastName": ["Lee", "李", "Lée", "Le\u0301e", ""],
    "userEmail": ["a@d.example", "A@D.example", "b@d.example", "c@d.example", ""],
    "userGrade": GRADES,
    "classId": ["", "", "C1", "C1", "C2", "c1"],
    "className": ["", "Maths", "Maths", "maths"],
    "classDisplayName": ["", "M", "N"],
    "classGrade": ["", "", "7", "07, 8", "7,08", "7,", ",", "k", "8,7", "7,\u00a08", "7,\ufeff8", "7;8",
        "7,,8", "k,K,KG", "7,\n8"],
    "primaryTeacher": YES,
    "birthDate": ["", "2012-02-29", "2013-02-29", "1900-01-01", "1899-12-31", "2012-2-3", "2999-01-01",
        "03/04/2012", "2012-03-04T00:00:00",
                  "2012-13-01", "2012-00-10", "2012-01-00", "12-01-01", "02012-01-01", "2012-01-011",
                  "0000-01-01", "9999-12-31", "\u0662012-01-01", "+2012-01-01", "2012-03-04 "],
    "sex": ["", "male", "FEMALE", "m", "Other", "unſpecified", "unspecified"],
    "countryOfBirthCode": ["", "US", "us", "U", "USA", "U1", "ÜS", "É", "1", "U S", "\u212aS"],
    "stateOfBirthAbbreviation": ["", "TX", "Tx", "T", "TEX", "é", "T\u0301"],
    "cityOfBirth": ["", "Austin"],
    "publicSchoolResidenceStatus": ["", "01652"],
    "homeLanguage": ["", "Spanish", "@es"],
}  # fmt: skip
"""Columns without a pool hold yes or no."""
SOUND = {
    "schoolId": ["1", "2"], "userRole": ["student", "student", "teacher"], "userId": ["a", "b", "c", "d"],
        "userFirstName": ["Ana"],
    "userLastName": ["Lee"], "userEmail": ["a@d.example", "b@d.example", "c@d.example"], "userGrade": ["07",
        ""], "classId": ["", "C1"],
    "className": ["Maths"], "action": ["", "", "remove"], "primaryTeacher": ["", "", "yes"],
        "schoolName": ["Oak"],
}  # fmt: skip
MUTATIONS = ['"', '""', ",", "\n", "\r", "\r\n", " ", ",,", '",', ',"', '"\n', "\n\n", "a", "\ufeff",
    "\xa0", '" ', ' "', "\u2028", "\x85", "\x0b", "\x1c", ";", "\t", "\u0301"]  # fmt: skip
HEADER_SLIPS = ["_", "-", " ", "x", "I", "d", "D", "s", "S", "e", "1", "", "\xa0", "\u0301", "é", "user",
    "Id"]  # fmt: skip
NOT_COLUMNS = ["phone", "errors", "userId", "className", "userName", "ID", "gifted", "sex", "birthDate",
    "schoolID"]  # fmt: skip
BLANK = [[], [""], ["", ""], [" "], ["\xa0", "\ufeff"]]
ABOVE = ["sep=,\r\n", "sep=,\r\n", '"sep=,"\n', "sep=,,,,\n",
    "\n", "Oak School\r\n", "Oak School,,,\n\n", '"Oak, School"\n', ",,\n", " \n \n",
    "a\nb\nc\n", "a\nb\nc\nd\n", "a\nb\nc\nd\ne\n"]  # fmt: skip
"""What stands above a header that is not in the first row."""
