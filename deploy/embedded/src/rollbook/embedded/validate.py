"""`rollbook validate`: the verdict on a local file, as an exit code and in the format asked for."""

import signal
import sys
import tempfile
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from rollbook.common.dictionary import Kind
from rollbook.embedded import verdict
from rollbook.embedded.local_file import check_local_file
from rollbook.embedded.progress import progress
from rollbook.embedded.refusal import CannotRun
from rollbook.embedded.summary import as_text, refusal_as_text
from rollbook.embedded.whole_file import written_whole
from rollbook.upload.domain.problem import FileRefused
from rollbook.validator.domain.check_file import CheckedFile

ACCEPTED, REJECTED, REFUSED = 0, 1, 2


class Format(StrEnum):
    """How a verdict is written."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"


def validate(path: Path, kind: Kind, style: Format, output: Path | None) -> int:
    """Check a file and write the verdict; the exit code: 0 clean or warnings only, 1 errors, 2 refused.

    Raises:
        CannotRun: the file cannot be read, or the output not written.
    """
    if output is not None and output.exists() and path.exists() and output.samefile(path):
        raise CannotRun(f"{output} is the file to be checked; name another one to write to.")
    _hear_ctrl_c_ourselves()
    with tempfile.TemporaryDirectory(prefix="rollbook-") as folder:
        try:
            with progress("checking", path.stat().st_size or None) as advance:
                checked = check_local_file(path, kind, Path(folder), advance)
        except FileRefused as refused:
            _tell_refusal(refused, style, output)
            return REFUSED
        except OSError as error:
            raise CannotRun(f"{path} cannot be read: {error.strerror or error}.") from None
        _write(_verdict(checked, kind, style), output)
    return REJECTED if checked.figures.errors else ACCEPTED


def _verdict(checked: CheckedFile, kind: Kind, style: Format) -> Iterable[bytes]:
    if style is Format.CSV:
        return verdict.errors_csv(checked, kind)
    if style is Format.JSON:
        return verdict.as_json(checked, kind)
    return [as_text(checked, kind).encode()]


def _hear_ctrl_c_ourselves() -> None:
    """Have Ctrl-C reach this thread.

    Polars, once imported, hears it first, and hands it to whichever thread has a query, or to none where
    one is just ending; this thread may be waiting for more of the file meanwhile.
    """
    heard_by = signal.getsignal(signal.SIGINT)
    if heard_by is not None:
        signal.signal(signal.SIGINT, heard_by)


def _tell_refusal(refused: FileRefused, style: Format, output: Path | None) -> None:
    if style is Format.JSON:
        _write([verdict.refusal_as_json(refused)], output)
        return
    text = refusal_as_text(refused)
    if style is Format.CSV:  # there are no findings to list; standard output stays clean for the CSV
        sys.stderr.write(text)
    else:
        _write([text.encode()], output)


def _write(parts: Iterable[bytes], output: Path | None) -> None:
    if output is None:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        return
    try:
        with written_whole(output) as file:
            file.writelines(parts)
    except OSError as error:
        raise CannotRun(f"{output} cannot be written: {error.strerror or error}.") from None
