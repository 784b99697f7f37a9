"""What must hold for any bytes whatever; a target raises AssertionError where it does not.

Where the bytes are cut follows from the bytes themselves, so that an input is all there is to a failure.
"""

import random
import zlib

import polars as pl
from reference.comparison import TODAY, Cuts, product_verdict
from reference.reading import clean, read_records
from reference.verdict import verdict

from rollbook.common.tabular import ChunkTable, Encoding, read_chunk, scan_records


def reader(data):
    """Records and cells are those of the reference, however the bytes are cut."""
    chance = _chance(data)
    _same_records_in_pieces(data, chance.randrange(len(data) + 1))
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    records, opened_in = read_records(text)
    found = scan_records(data)
    assert len(found.ends) == len(records)
    assert found.bad.tolist() == [at for at, record in enumerate(records) if record.bad_quote]
    assert found.open_quote == (opened_in is not None)
    if opened_in is None and "\0" not in text:
        _same_cells(data, records, chance)


def _same_records_in_pieces(data, cut):
    whole = scan_records(data).ends.tolist()
    first = scan_records(data[:cut], final=False).ends.tolist()
    begin = first[-1] if first else 0
    assert first + [begin + end for end in scan_records(data[begin:]).ends.tolist()] == whole


def _same_cells(data, records, chance):
    own, ignored = chance.randrange(1, 5), chance.choice([0, 0, 1, 2])
    names = [*(f"column {at}" for at in range(own)), *[None] * ignored]
    table = ChunkTable(
        0, max_rows=chance.choice([1, 2, 3, 65_536]), max_bytes=chance.choice([9, 99, 1 << 20])
    )
    table.add(scan_records(data).ends)
    chunks = [
        read_chunk(
            data[chunk.offset : chunk.offset + chunk.length],
            columns=names,
            encoding=Encoding.UTF_8,
            first_row=chunk.first_row,
        )
        for chunk in table.finish()
    ]
    rows, broken = _rows(records, own, own + ignored)
    if chunks:
        assert pl.concat([chunk.frame for chunk in chunks]).rows() == rows
        assert pl.concat([chunk.broken for chunk in chunks]).select("row", "code").rows() == broken
    assert bool(chunks) or not records


def _rows(records, own, width):
    """(the rows, the broken records) as the chunk reader gives them, for a table that begins with row 2."""
    rows, broken = [], []
    for row, record in enumerate(records, 2):
        cells = [clean(cell) for cell in record.cells]
        if record.bad_quote:
            broken.append((row, "row.bad_quote"))
        elif any(cells[width:]):
            broken.append((row, "row.too_many_cells"))
        elif any(cells) and len(cells) < own:
            broken.append((row, "row.too_few_cells"))
        elif any(cells):
            rows.append((row, *cells[:own]))
    return rows, broken


def validator(data):
    """A file is judged as the reference judges it, and its corrected header is accepted."""
    chance = _chance(data)
    kind = "demographics" if b"birthDate" in data[:2000] else "users"
    found, corrected = product_verdict(data, kind, Cuts.by(chance, data))
    assert found == verdict(data, kind, TODAY)
    if corrected:
        filled = ",".join("x" if name else "" for name in corrected.split(","))
        assert not product_verdict(f"{corrected}\n{filled}\n".encode(), kind, Cuts())[0].problems


def _chance(data):
    return random.Random(zlib.crc32(data))  # noqa: S311 - the same for the same bytes


TARGETS = {"reader": reader, "validator": validator}
