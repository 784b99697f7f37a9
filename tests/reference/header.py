"""Section 2 of the data dictionary: what is wrong with a header."""

from reference.columns import KINDS
from reference.reading import Refused, clean, trimmed

OTHER = {"users": "demographics", "demographics": "users"}
KNOWN = {column.name for columns in KINDS.values() for column in columns}


def check_header(records, kind, unclosed=()):
    """The file's columns by position (None: ignored), or `Refused`; `unclosed` is what is wrong below it."""
    names, row, problems = find_header(records)
    if is_header_of_other_kind(names, kind):
        raise Refused(*problems, ("file.wrong_kind", OTHER[kind], kind, row), *unclosed)
    at_the_commas_of_row_1 = not problems
    columns, of_cells, missing = judge(names, kind)
    for position, name in enumerate(names):
        if name == "" and at_the_commas_of_row_1 and any(is_filled(r, position) for r in records[1:]):
            of_cells[position] = ("header.blank", "", None)
    problems += [(*of_cells[position], row) for position in sorted(of_cells)]
    problems += [("header.missing", None, name, row) for name in missing]
    problems += unclosed
    if problems:
        raise Refused(*problems)
    return columns


def is_filled(record, position):
    """Whether something is in that cell."""
    return position < len(record.cells) and trimmed(record.cells[position]) != ""


def find_header(records):
    """(names, row, problems): the first row, unless it holds no known name and another reading does."""
    enough = 1
    for record in records[:5]:
        below = [("header.not_first_row", None, None, record.row)] if record.row > 1 else []
        names = [clean(cell) for cell in record.cells]
        if len(KNOWN & set(names)) >= enough:
            return names, record.row, below
        for delimiter in ";\t|":
            turned = [clean(clean(cell).strip('"')) for cell in record.text.split(delimiter)]
            if len(KNOWN & set(turned)) >= enough:
                wrong = ("file.wrong_delimiter", delimiter, ",", record.row)
                return turned, record.row, [wrong, *below]
        enough = 1 if record.row == 1 and names_the_separator(record.text) else 3
    return [clean(cell) for cell in records[0].cells], 1, []


def names_the_separator(line):
    """Whether it is a line like `sep=;`, which Excel reads above a header; others fill it up to the width."""
    line = line.strip(" ").removeprefix('"').lower()
    return line.startswith("sep=") and len(line) > 4 and not line[5:].removeprefix('"').strip(",;\t|")


def is_header_of_other_kind(names, kind):
    """Whether it holds columns of the other file alone, however they are spelled (`userId` is in both)."""
    own, other = ({_letters(column.name) for column in KINDS[k]} for k in (kind, OTHER[kind]))
    present = {_letters(name) for name in names}
    return bool(present & (other - own)) and not present & (own - other)


def judge(names, kind):
    """(column name or None by position, problems by position, missing columns), blank cells left aside."""
    columns = [column.name for column in KINDS[kind]]
    filled = [position for position, name in enumerate(names) if name]
    absent = [column for column in columns if column not in names]
    found, problems, explained = [None] * len(names), {}, set()
    for position in filled:
        name = names[position]
        if name in columns:
            if name in found:
                problems[position] = ("header.duplicate", name, None)
            else:
                found[position] = name
            continue
        if name == "errors" and position == filled[-1]:
            continue
        code, column = _explain(name, [column for column in absent if column not in explained])
        explained.add(column)
        problems[position] = (code, name, column)
    missing = [
        column.name
        for column in KINDS[kind]
        if column.header in "RC" and column.name in absent and column.name not in explained
    ]
    return found, problems, missing


def _explain(name, absent):
    for column in absent:
        if column.lower() == name.lower():
            return "header.wrong_case", column
    near = [
        (apart, order, column)
        for order, column in enumerate(absent)
        if (apart := distance(name, column)) <= 2 or _letters(name) == _letters(column)
    ]
    if near:
        return "header.misspelled", min(near)[2]
    return "header.extra", None


def _letters(name):
    return "".join(c for c in name.lower() if c not in "_-" and not c.isspace())


def distance(one, other):
    """Damerau-Levenshtein distance: insertions, deletions, substitutions, transpositions of neighbours."""
    last_seen = {}
    far = len(one) + len(other)
    table = [[far] * (len(other) + 2) for _ in range(len(one) + 2)]
    for i in range(len(one) + 1):
        table[i + 1][1] = i
    for j in range(len(other) + 1):
        table[1][j + 1] = j
    for i in range(1, len(one) + 1):
        last_match = 0
        for j in range(1, len(other) + 1):
            k, m = last_seen.get(other[j - 1], 0), last_match
            same = one[i - 1] == other[j - 1]
            if same:
                last_match = j
            table[i + 1][j + 1] = min(
                table[i][j] + (not same),
                table[i + 1][j] + 1,
                table[i][j + 1] + 1,
                table[k][m] + (i - k - 1) + 1 + (j - m - 1),
            )
        last_seen[one[i - 1]] = i
    return table[-1][-1]
