"""The rows files of an upload, read part by part: a file is never in memory as a whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self, cast

import polars as pl

from rollbook.common import rows_file
from rollbook.common.contracts.events import FileValidated
from rollbook.common.dictionary import Kind
from rollbook.common.object_store import ObjectStore
from rollbook.common.rows_file import REJECTED, ROW


@dataclass(frozen=True, slots=True)
class FileRows:
    """The rows of a validated file; `also_rejected`: numbers of rows that were rejected since."""

    store: ObjectStore
    event: FileValidated
    also_rejected: pl.Series

    @classmethod
    def of(cls, store: ObjectStore, event: FileValidated) -> Self:
        """The rows with what the check across records rejected."""
        none = pl.Series(ROW, [], pl.UInt32)
        file = cls(store, event, none)
        key = event.rejected_rows_key
        return file if key is None else file.rejecting(rows_file.decode(store.get(key))[ROW])

    @property
    def kind(self) -> Kind:
        """users or demographics."""
        return cast("Kind", self.event.kind)

    def rejecting(self, rows: pl.Series) -> Self:
        """The same with more rows rejected."""
        return replace(self, also_rejected=pl.concat([self.also_rejected, rows.cast(pl.UInt32)]).unique())

    def parts(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Some columns of all rows, `row` and `rejected` among them, chunk by chunk."""
        too = self.also_rejected.implode()
        for key in self.event.row_files:
            part = rows_file.decode(self.store.get(key), columns)
            if self.also_rejected.is_empty():
                yield part
            else:
                yield part.with_columns((pl.col(REJECTED) | pl.col(ROW).is_in(too)).alias(REJECTED))

    def all(self, columns: Sequence[str]) -> pl.DataFrame:
        """Some columns of all rows at once."""
        schema = rows_file.schema(self.kind)
        empty = pl.DataFrame(schema={name: schema[name] for name in columns})
        return pl.concat([empty, *self.parts(columns)])
