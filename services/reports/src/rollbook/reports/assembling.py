"""Making the files of a report, chunk by chunk of the upload, so that memory does not grow with the file."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, cast

import polars as pl

from rollbook.common import findings as fnd
from rollbook.common.contracts import events as e
from rollbook.common.dictionary import Kind
from rollbook.common.dictionary.errors_column import own_columns
from rollbook.common.tabular import Encoding, raw_rows, scan_records
from rollbook.common.tabular.encodings import to_utf8
from rollbook.reports.domain import corrections, csv_files
from rollbook.reports.domain.progress import fingerprints, progress
from rollbook.reports.domain.tally import Tally
from rollbook.reports.ports import FINAL, VALIDATION, Batch, Change, Earlier, FileStore, Report, StoredFile

SUMMARY, ERRORS, CORRECTIONS, FOLLOW_UP = (
    "summary.csv",
    "errors.csv",
    "corrections.csv",
    "follow-up-errors.csv",
)

ROWS: Final = 8_192
"""Rows of the file whose findings are in memory at a time."""


class ReportFile:
    """A file of a report being written: hashed on its way to the store."""

    def __init__(self, store: FileStore, upload_id: str, stage: str, name: str) -> None:
        self._name, self._key = name, f"reports/{upload_id}/{stage}/{name}"
        self._writer = store.writer(self._key)
        self._hash, self._size = hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        """Append."""
        self._writer.write(data)
        self._hash.update(data)
        self._size += len(data)

    def close(self) -> StoredFile:
        """Finish; gives what is known of the file now."""
        self._writer.close()
        return StoredFile(self._name, self._key, self._hash.hexdigest(), self._size)


class UploadedRows:
    """The records of a file as they were uploaded; a chunk is read once, for as long as it is asked about."""

    def __init__(self, file: e.FileReceived, store: FileStore) -> None:
        self._file, self._store = file, store
        self._chunk: e.ChunkClaim | None = None
        self._text, self._ends = b"", scan_records(b"").ends

    def rejected(self, chunk: e.ChunkClaim, found: pl.DataFrame) -> pl.DataFrame:
        """The records of a chunk that have an error by these findings (see `tabular.raw_rows`)."""
        rows = corrections.of_records(found)["row"].unique().sort()
        text, first_row = b"", chunk.first_row
        if rows.len():
            self._read(chunk)
            first, last = rows[0] - chunk.first_row, rows[-1] - chunk.first_row
            text = self._text[self._ends[first - 1] if first else 0 : self._ends[last]]
            first_row = rows[0]
        width = len(self._file.header_line)
        return raw_rows(text, width=width, first_row=first_row, rows=rows)

    def _read(self, chunk: e.ChunkClaim) -> None:
        if chunk is not self._chunk:
            data = self._store.get_range(self._file.text_key, chunk.offset, chunk.length)
            self._text = to_utf8(data, Encoding(self._file.encoding))
            self._chunk, self._ends = chunk, scan_records(self._text).ends


def validation_report(
    file: e.FileReceived,
    previewed: e.UploadPreviewed,
    batches: Sequence[Batch],
    earlier: Earlier | None,
    store: FileStore,
) -> Report:
    """The files of the stage `validation`: summary, errors and corrections.

    `batches` are those of the validator and of the comparison; `earlier` is the attempt to compare with.
    The same ones give the same bytes.
    """
    kind = cast("Kind", file.kind)
    columns = own_columns(file.header, file.header_line)
    errors = ReportFile(store, file.upload_id, VALIDATION, ERRORS)
    to_correct = ReportFile(store, file.upload_id, VALIDATION, CORRECTIONS)
    errors.write(csv_files.findings_header())
    to_correct.write(corrections.header(file.header_line, columns))
    tally, uploaded = Tally(kind), UploadedRows(file, store)
    now: list[pl.Series] = []
    for chunk, found in _by_rows(file, batches, store):
        tally.add(found)
        now.append(fingerprints(found))
        raw = uploaded.rejected(chunk, found)
        for part in csv_files.rendered(found, kind):
            errors.write(csv_files.findings_lines(part))
            words = corrections.in_words(part)
            if words.height:
                mine = pl.col("row").is_between(words["row"][0], words["row"][-1])
                to_correct.write(corrections.lines(raw.filter(mine), words, columns))
    counts = json.loads(store.get(previewed.counts_key))
    files = (_summary(store, file.upload_id, VALIDATION, counts), errors.close(), to_correct.close())
    return Report(
        stage=VALIDATION,
        change=change_of(file),
        files=files,
        counts=counts,
        findings=tally.groups(),
        since_previous=_since(earlier, now, store) if earlier else None,
        errors=tally.count("error"),
        warnings=tally.count("warning"),
        who=file.uploaded_by.sub,
        who_name=file.uploaded_by.name,
        when=file.uploaded_at,
        schools=frozenset(line["schoolId"] for line in counts if line["schoolId"]),
    )


def final_report(
    file: e.FileReceived,
    requested: e.ProcessingRequested,
    applied: e.UploadApplied,
    batches: Sequence[Batch],
    store: FileStore,
) -> Report:
    """The files of the stage `final`: the summary, and what failed while applying if something did."""
    kind = cast("Kind", file.kind)
    tally = Tally(kind)
    counts = json.loads(store.get(applied.counts_key))
    files = [_summary(store, file.upload_id, FINAL, counts)]
    if batches:
        follow_up = ReportFile(store, file.upload_id, FINAL, FOLLOW_UP)
        follow_up.write(csv_files.findings_header())
        for _, found in _by_rows(file, batches, store):
            tally.add(found)
            for part in csv_files.rendered(found, kind):
                follow_up.write(csv_files.findings_lines(part))
        files.append(follow_up.close())
    return Report(
        stage=FINAL,
        change=change_of(file),
        files=tuple(files),
        counts=counts,
        findings=tally.groups(),
        errors=tally.count("error"),
        warnings=tally.count("warning"),
        approval_reason=requested.approval_reason,
        who=requested.requested_by.sub,
        who_name=requested.requested_by.name,
        when=applied.applied_at,
        schools=frozenset(line["schoolId"] for line in counts if line["schoolId"]),
    )


Told = e.FileReceived | e.FileRefused | e.UndoRequested | e.RecordEdited
"""The events that begin the history of something."""


def change_of(event: Told) -> Change:
    """What such an event tells of."""
    match event:
        case e.UndoRequested():
            kind = cast("Kind", event.kind)
            return Change(
                "undo", event.title, kind, event.requested_by, event.requested_at, undoes=event.undoes
            )
        case e.RecordEdited():
            return Change("edit", event.title, "users", event.edited_by, event.edited_at)
        case _:
            kind = cast("Kind", event.kind)
            return Change(
                kind, event.file_name, kind, event.uploaded_by, event.uploaded_at, sha256=event.sha256
            )


def change_report(
    change: Change, applied: e.UploadApplied, batches: Sequence[Batch], store: FileStore
) -> Report:
    """The files of the one report of an undo or an edit: the summary, and what was left alone and why."""
    tally = Tally(change.kind)
    counts = json.loads(store.get(applied.counts_key))
    files = [_summary(store, applied.upload_id, FINAL, counts)]
    if batches:
        follow_up = ReportFile(store, applied.upload_id, FINAL, FOLLOW_UP)
        follow_up.write(csv_files.findings_header())
        found = _in_order(fnd.decode(store.get(batch.object_key)) for batch in batches)
        tally.add(found)
        for part in csv_files.rendered(found, change.kind):
            follow_up.write(csv_files.findings_lines(part))
        files.append(follow_up.close())
    return Report(
        stage=FINAL,
        change=change,
        files=tuple(files),
        counts=counts,
        findings=tally.groups(),
        errors=tally.count("error"),
        warnings=0,
        who=change.by.sub,
        who_name=change.by.name,
        when=applied.applied_at,
        schools=frozenset(line["schoolId"] for line in counts if line["schoolId"]),
    )


def _since(earlier: Earlier, now: Sequence[pl.Series], store: FileStore) -> dict[str, Any] | None:
    """What became of the errors of an earlier attempt; None where its findings are no longer kept."""
    before = (fingerprints(fnd.decode(store.get(batch.object_key))) for batch in earlier.batches)
    try:
        found = progress(before, now)
    except FileNotFoundError:
        return None
    return {
        "uploadId": earlier.upload_id,
        "fileName": earlier.file_name,
        "uploadedAt": earlier.uploaded_at.isoformat(),
        "errors": found.earlier,
        "fixed": found.fixed,
        "remaining": found.remaining,
        "new": found.new,
        "text": found.in_words(),
    }


def _by_rows(
    file: e.FileReceived, batches: Sequence[Batch], store: FileStore
) -> Iterator[tuple[e.ChunkClaim, pl.DataFrame]]:
    """The findings in order, some rows at a time, with their chunk; those of the file come with the first.

    Rows without a finding are passed over: most files have few, and a million rows would take a second.
    """
    for chunk in file.chunks:
        after = chunk.first_row + chunk.rows
        for first in range(chunk.first_row, after, ROWS):
            begin, end = first if first > file.chunks[0].first_row else 0, min(first + ROWS, after)
            mine = [batch for batch in batches if batch.min_row < end and batch.max_row >= begin]
            if not mine:
                continue
            parts = (
                fnd.decode(store.get(batch.object_key)).filter(pl.col("row").is_between(begin, end - 1))
                for batch in mine
            )
            found = _in_order(parts)
            if found.height:
                yield chunk, found


def _in_order(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    return fnd.in_order(pl.concat([fnd.empty(), *parts]))


def _summary(store: FileStore, upload_id: str, stage: str, counts: Sequence[dict[str, object]]) -> StoredFile:
    summary = ReportFile(store, upload_id, stage, SUMMARY)
    summary.write(csv_files.summary(counts))
    return summary.close()
