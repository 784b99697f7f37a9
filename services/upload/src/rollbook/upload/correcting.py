"""Correcting some cells of a stored file: the corrected file is an upload like any other."""

import sys
from collections.abc import Sequence
from typing import Final

from rollbook.common.tabular import Encoding
from rollbook.common.tabular.encodings import UTF_8_BOM
from rollbook.common.tabular.tokenizer import cells_of
from rollbook.upload.domain.corrected_file import Fault, RowEdit, corrected, planned
from rollbook.upload.domain.ingest import Limits, ingest
from rollbook.upload.ports import Upload
from rollbook.upload.receiving import Receiving, Request
from rollbook.upload.stored_file import file_key, text_key

_NO_LIMITS: Final = Limits(sys.maxsize, sys.maxsize)
"""The file was taken in once; whether the corrected one is too large, receiving it says."""


class Uncorrectable(Exception):
    """Edits that cannot be made, all of them; nothing was made."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = tuple(faults)


def correct(receiving: Receiving, original: Upload, edits: Sequence[RowEdit], request: Request) -> Upload:
    """Receive the file of an upload with some cells replaced, as a new upload.

    Raises:
        Uncorrectable: some of the edits do not fit the file.
        FileNotFoundError: the file is no longer kept.
        FileRefused: it would not be taken in today.
        NotNow, KeyReused: as `Receiving.receive`.
    """
    store, key = receiving.store, file_key(original.upload_id)
    file = ingest(store.stream(key), kind=original.kind, limits=_NO_LIMITS)
    lies = text_key(original.upload_id) if file.encoding is Encoding.UTF_16 else key
    header = store.get_range(lies, 0, file.chunks[0].offset).removeprefix(UTF_8_BOM)
    splices, faults = planned(
        file,
        cells_of(header),
        edits,
        lambda chunk: store.get_range(lies, chunk.offset, chunk.length),
    )
    if faults:
        raise Uncorrectable(faults)
    bom = store.get_range(key, 0, 2)
    return receiving.receive(request, corrected(file.encoding, bom, splices, lambda: store.stream(lies)))
