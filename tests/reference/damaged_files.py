"""Files damaged in every way that spreadsheets, exports and people damage them, made from a source of chance.

`chance` is a `random.Random`, or what Hypothesis gives in its place.
"""

from reference.columns import KINDS
from reference.pools import (
    ABOVE,
    BLANK,
    EMAILS,
    HEADER_SLIPS,
    MUTATIONS,
    NOT_COLUMNS,
    NOT_WHITE,
    ODD,
    POOLS,
    SOUND,
    WHITE,
    YES,
)


def damaged_file(chance, kind, least_rows=0):
    """The bytes of a file of that kind."""
    columns = _columns(chance, kind)
    rows = _rows(chance, columns)
    while len(rows) < least_rows:
        rows += _rows(chance, columns)
    text = _written(chance, [_damaged_header(chance, columns), *rows])
    if chance.random() < 0.3:
        text = _mutated(chance, text, chance.randrange(1, 5))
    if chance.random() < 0.05:
        text = chance.choice(ABOVE) + text
    data = _encoded(chance, text)
    if chance.random() < 0.05:
        at = chance.randrange(len(data) + 1)
        data = data[:at] + bytes([chance.randrange(256)]) + data[at + chance.randrange(2) :]
    return data


def _columns(chance, kind):
    often = 0.5 if kind == "users" else 0.3
    columns = [column.name for column in KINDS[kind] if column.header != "O" or chance.random() < often]
    if chance.random() < 0.5:
        chance.shuffle(columns)
    while chance.random() < 0.1:
        columns.insert(chance.randrange(len(columns) + 1), "")
    if chance.random() < 0.1:
        columns.append("errors")
    while chance.random() < 0.1:
        columns.append("")
    return columns


def _damaged_header(chance, columns):
    header = list(columns)
    if chance.random() < 0.12:
        for _ in range(chance.randrange(1, 4)):
            damage = chance.choice([_left_out, _twice, _other_capitals, _other_name, _padded, _swapped])
            damage = chance.choice([damage, _slipped])
            damage(chance, header, chance.randrange(len(header)))
            header = header or ["x"]
    return header


def _left_out(chance, header, at):
    del header[at]


def _twice(chance, header, at):
    header.insert(chance.randrange(len(header) + 1), header[at])


def _other_capitals(chance, header, at):
    name = header[at]
    header[at] = chance.choice([name.lower(), name.upper(), name.title(), name.swapcase()])


def _other_name(chance, header, at):
    header[at] = chance.choice(NOT_COLUMNS)


def _padded(chance, header, at):
    header[at] = chance.choice(WHITE) + header[at] + chance.choice(WHITE)


def _swapped(chance, header, at):
    other = chance.randrange(len(header))
    header[at], header[other] = header[other], header[at]


def _slipped(chance, header, at):
    """Up to three slips of the keyboard in one name."""
    name = header[at]
    for _ in range(chance.randrange(1, 4)):
        spot = chance.randrange(len(name) + 1)
        if chance.random() < 0.3 and len(name) > spot + 1:
            name = name[:spot] + name[spot + 1] + name[spot] + name[spot + 2 :]
        else:
            name = name[:spot] + chance.choice(HEADER_SLIPS) + name[spot + chance.randrange(2) :]
    header[at] = name


def _rows(chance, columns):
    oddness = chance.choice([0.0, 0.02, 0.1])
    sound = chance.random() < 0.6
    rows = []
    for _ in range(chance.choice([0, 1, 3, 8, 12, 30])):
        if chance.random() < 0.1:
            rows.append(chance.choice([*BLANK, [""] * len(columns), [""] * (len(columns) + 2)]))
            continue
        row = [_cell(chance, name, sound, oddness) for name in columns]
        rows.append(_other_length(chance, row) if chance.random() < 0.1 else row)
    if "classId" in columns and chance.random() < 0.03:
        rows += _crowd(chance, columns)
    return rows


def _other_length(chance, row):
    at = chance.randrange(len(row))
    surplus = [chance.choice(["", "", " ", "\xa0", "x"])] * chance.randrange(1, 4)
    return chance.choice(
        [
            row[:at] + row[at + 1 :],
            row + surplus,
            [*row[:at], "", *row[at:]],
            row[:at] or [""],
            ["", *row],
            _without_last_blanks(row),
        ]
    )


def _without_last_blanks(row):
    """As spreadsheets write it."""
    while len(row) > 1 and not row[-1]:
        row = row[:-1]
    return row


def _crowd(chance, columns):
    """About as many students as a class should have at most."""
    everybody = {
        "schoolId": "1",
        "userRole": "student",
        "userFirstName": "Ana",
        "userLastName": "Lee",
        "userGrade": "07",
        "classId": "C9",
        "className": "Art",
    }
    rows = []
    for number in range(chance.randrange(79, 84)):
        student = everybody | {"userId": f"s{number}", "userEmail": f"s{number}@d.example"}
        rows.append([student.get(name, "") for name in columns])
        if chance.random() < 0.02:
            rows[-1][chance.randrange(len(columns))] = chance.choice(ODD)
    return rows


def _cell(chance, name, sound, oddness):
    if name in ("", "errors"):
        return chance.choice(["", "", "", " ", "\xa0", "x" if chance.random() < 0.1 or name else ""])
    pool = SOUND.get(name, [""]) if sound and chance.random() < 0.9 else POOLS.get(name, YES)
    cell = chance.choice(pool)
    if chance.random() < oddness:
        cell = chance.choice(ODD if name != "userEmail" or chance.random() < 0.3 else EMAILS)
    if chance.random() < 0.5 * oddness:
        cell = chance.choice(WHITE) + cell + chance.choice(WHITE)
    if chance.random() < 0.2 * oddness:
        odd = chance.choice(NOT_WHITE)
        cell = chance.choice([odd + cell, cell + odd])
    return cell


def _written(chance, rows):
    line_ends = chance.choice([["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"], ["\n", "\r", "\r\n"]])
    quoted = chance.choice([0.0, 0.0, 0.1, 1.0])
    out = ""
    for row in rows:
        cells = []
        for cell in row:
            if chance.random() < quoted or any(c in cell for c in '",\r\n'):
                cells.append('"' + cell.replace('"', '""') + '"')
            else:
                cells.append(cell)
        out += ",".join(cells) + chance.choice(line_ends)
    return out if chance.random() < 0.7 else out.rstrip("\r\n")


def _mutated(chance, text, times):
    # Mostly below the header, so that there is something to judge.
    begin = text.find("\n") + 1 if chance.random() < 0.8 else 0
    for _ in range(times):
        at = chance.randrange(begin, len(text) + 1) if begin <= len(text) else 0
        text = text[:at] + chance.choice(MUTATIONS) + text[at + chance.randrange(3) :]
    return text


def _encoded(chance, text):
    how = chance.choice(["utf-8"] * 11 + ["bom", "utf-16", "cut", "delimiter"] + ["windows-1252"] * 5)
    bom, codec = chance.choice([(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
    if how == "utf-16":
        return bom + text.encode(codec)
    if how == "cut":
        return bom + text.encode(chance.choice([codec, "utf-16-le"]))[:-1]
    if how == "windows-1252":
        return text.encode("cp1252", "ignore")
    if how == "delimiter":
        text = text.replace(",", chance.choice(";\t|"))
    return (b"\xef\xbb\xbf" if how == "bom" else b"") + text.encode()
