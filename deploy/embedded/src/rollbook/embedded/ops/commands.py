"""The commands of `rollbook ops` and their options; the work is done in `answers`."""

import sys
from pathlib import Path
from types import ModuleType

import click

file_path = click.Path(path_type=Path)
data_option = click.option("--data", type=file_path, help="Folder of a `rollbook up`.")
json_option = click.option("--json", "as_json", is_flag=True, help="JSON, for scripts.")
queue_argument = click.argument("queue", required=False)
id_argument = click.argument("identity", metavar="[ID]", required=False)
all_option = click.option("--all", "every", is_flag=True, help="Every message, or every one of QUEUE.")


def _answers() -> ModuleType:
    # Imported late: `rollbook validate` needs no database and no bus, and starts faster without.
    from rollbook.embedded.ops import answers  # noqa: PLC0415

    return answers


@click.group()
def ops() -> None:
    """Queues, dead letters, stuck uploads, the chain of reports.

    With --data: of a `rollbook up`, running or not.  Without: of the servers that the variables
    ROLLBOOK_AMQP_URL, ROLLBOOK_STORE_URL and ROLLBOOK_<SERVICE>_DATABASE_URL name (UPLOAD, VALIDATOR, ROSTER,
    REPORTS), or of ./rollbook-data where none of them is set.

    Exit code 0: done, 1: a chain of reports is broken, 2: it cannot be done.
    """


@ops.command()
@data_option
@json_option
def queues(*, data: Path | None, as_json: bool) -> None:
    """Show what waits in each queue and beside it."""
    _answers().queues(data, as_json=as_json)


@ops.group()
def dead() -> None:
    """Look after messages that nobody could handle."""


@dead.command("list")
@data_option
@json_option
def list_dead(*, data: Path | None, as_json: bool) -> None:
    """List them, the oldest first, without what they say."""
    _answers().list_dead(data, as_json=as_json)


@dead.command()
@click.argument("queue")
@click.argument("identity", metavar="ID")
@data_option
@json_option
def show(*, queue: str, identity: str, data: Path | None, as_json: bool) -> None:
    """Show one whole. It may hold personal data."""
    _answers().show(data, queue, identity, as_json=as_json)


@dead.command()
@queue_argument
@id_argument
@all_option
@data_option
@json_option
def replay(*, queue: str | None, identity: str | None, every: bool, data: Path | None, as_json: bool) -> None:
    """Have one message tried again, or --all.

    It comes to its own queue alone, as if for the first time.  Twice does no harm.
    """
    _answers().replay(data, queue, identity, every=every, as_json=as_json)


@dead.command()
@queue_argument
@id_argument
@all_option
@data_option
@json_option
def discard(
    *, queue: str | None, identity: str | None, every: bool, data: Path | None, as_json: bool
) -> None:
    """Give one message up for good, or --all."""
    _answers().discard(data, queue, identity, every=every, as_json=as_json)


@ops.command()
@click.option(
    "--for", "seconds", type=click.FloatRange(min=0), default=60, show_default=True,
    help="Not moved for so many seconds.",
)  # fmt: skip
@click.option("--nudge", metavar="ID", help="Set this upload going again.")
@data_option
@json_option
def stuck(*, seconds: float, nudge: str | None, data: Path | None, as_json: bool) -> None:
    """Show uploads that do not move, or --nudge one.

    Shown is what each waits for, where it stands in each service, and what lies in its way.
    """
    if nudge is not None:
        _answers().nudge(data, nudge, as_json=as_json)
    else:
        _answers().stuck(data, seconds, as_json=as_json)


@ops.command()
@click.option("--checkpoint", type=file_path, help="Hold the chains to this checkpoint as well.")
@click.option("--keys", type=file_path, help="JWKS that verifies the checkpoint; otherwise our own key.")
@click.option("--removals", is_flag=True, help="Also name what was removed by retention or on request.")
@data_option
@json_option
def verify_chain(
    *, checkpoint: Path | None, keys: Path | None, removals: bool, data: Path | None, as_json: bool
) -> None:
    """Recompute the hash of every report and file.

    Exit code 1 where a chain of reports is broken, and every such place is named.
    """
    sys.exit(_answers().verify_chain(data, checkpoint, keys, removals=removals, as_json=as_json))


@ops.command()
@data_option
def checkpoint(*, data: Path | None) -> None:
    """Print a signed checkpoint to keep elsewhere.

    It is one line, and says where every chain of reports stands now.
    """
    _answers().checkpoint(data)
