"""Many reports in one ZIP, written while it is sent."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

MANIFEST: Final = "manifest-sha256.txt"
_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the same reports give the same archive


class _Sink(io.RawIOBase):
    """Takes what the archive writes and hands it on; it cannot be read or rewound."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        data, self._parts = b"".join(self._parts), []
        return data


def archive(
    reports: Iterable[tuple[dict[str, Any], list[dict[str, Any]]]],
    stream: Callable[[str], Iterator[bytes]],
    sha256: Callable[[bytes], str],
) -> Iterator[bytes]:
    """The blocks of an archive: per upload `report.json` and its files, and last a manifest of the sums.

    `reports` gives each upload's description and its files, with `path`, `key` and `sha256`.
    """
    sink = _Sink()
    manifest: list[str] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as out:
        for described, files in reports:
            text = json.dumps(described, ensure_ascii=False, indent=2).encode()
            name = f"{described['uploadId']}/report.json"
            out.writestr(_info(name), text)
            manifest.append(f"{sha256(text)}  {name}")
            for file in files:
                with out.open(_info(file["path"]), "w", force_zip64=True) as member:
                    for block in stream(file["key"]):
                        member.write(block)
                        yield sink.taken()
                manifest.append(f"{file['sha256']}  {file['path']}")
            yield sink.taken()
        out.writestr(_info(MANIFEST), "".join(f"{line}\n" for line in manifest))
    yield sink.taken()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info
