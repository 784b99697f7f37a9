"""`rollbook upload`: a file's whole journey from a script, with progress, as an exit code."""

from pathlib import Path
from typing import Final

import httpx
from rich.console import Console
from rich.progress import Progress

from rollbook.embedded.client import Client, Document, Refused
from rollbook.embedded.refusal import CannotRun
from rollbook.embedded.validate import ACCEPTED, REFUSED, REJECTED

_GOOD: Final = ("ready", "held", "processing", "completed")


def upload(file: Path, client: Client, kind: str, *, process: bool, wait: bool) -> int:
    """Upload, and process or wait for the verdict if asked to; the exit code is that of `validate`.

    Only a file without an error is processed.

    Raises:
        CannotRun: the file cannot be read, or the server does not let us.
    """
    out = Console(stderr=True, markup=False, highlight=False, emoji=False)
    try:
        # Nobody watches a bar in the log of a nightly script.
        with Progress(console=out, disable=not out.is_terminal) as progress:
            found = _journey(file, client, kind, process=process, wait=wait, progress=progress)
    except Refused as refused:
        if "problems" not in refused.problem:
            raise CannotRun(str(refused).removesuffix(".") + ".") from None
        for problem in refused.problem["problems"]:
            text = f"{problem['code']}: {problem['message']}\n  → {problem['howToFix']}"
            out.print(text, soft_wrap=not out.is_terminal)
        if header := refused.problem.get("correctedHeader"):
            out.print(f"\nPaste this line over the header of the file:\n{header}", soft_wrap=True)
        return REFUSED
    except OSError as error:
        raise CannotRun(f"{file} cannot be read: {error.strerror or error}.") from None
    except httpx.TransportError as error:
        raise CannotRun(f"the server does not answer: {str(error).removesuffix('.')}.") from None
    except (ValueError, KeyError):
        raise CannotRun("what answers at this address is not Rollbook.") from None
    out.print(f"Upload {found['id']} is {found['status']}.")
    if not (process or wait):
        return ACCEPTED
    return ACCEPTED if found["status"] in _GOOD else REJECTED


def _journey(
    file: Path, client: Client, kind: str, *, process: bool, wait: bool, progress: Progress
) -> Document:
    sending = progress.add_task("uploading", total=file.stat().st_size)
    found = client.upload(file, kind, lambda sent: progress.advance(sending, sent))
    if not (process or wait):
        return found
    working = progress.add_task("checking", total=None)

    def moved(upload: Document) -> None:
        done = upload.get("progress") or {}
        progress.update(
            working,
            description=str(done.get("stage") or upload["status"]),
            total=done.get("rows"),
            completed=done.get("rowsDone") or 0,
        )

    found = client.settled(found["id"], moved)
    if process and found["status"] == "ready":
        found = client.process(found["id"])
        if wait:
            found = client.settled(found["id"], moved)
    return found
