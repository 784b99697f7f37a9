"""The `rollbook` command: its options, and who does the work.

Each command imports what it needs when it runs, and click reads the options: starting is a quarter of the
time that a small file takes to be validated.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Final, cast

import click

from rollbook.common.dictionary import DICTIONARY, Kind
from rollbook.embedded.data_directory import DEFAULT, opened
from rollbook.embedded.ops.commands import ops
from rollbook.embedded.refusal import CannotRun

ROLES: Final = ("system", "enrollment", "auditor", "support")

PathArgument = click.Path(path_type=Path, readable=False)  # who opens it says what is in the way
file_argument = click.argument("file", type=PathArgument)
kind_option = click.option("--kind", type=click.Choice(tuple(DICTIONARY)), default="users", show_default=True)
data_option = click.option(
    "--data", type=PathArgument, default=DEFAULT, show_default=True, help="Folder that holds everything."
)


@click.group()
@click.version_option(package_name="rollbook")
def rollbook() -> None:
    """Enrollment files to a correct roster."""


@rollbook.command()
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8080, show_default=True, help="0 takes a free one."
)
@data_option
@click.option(
    "--demo-people/--no-demo-people", default=None,
    help="Whether anyone on this machine may sign in as one of the made-up people of a sample district, "
    "without a password. By default only while the data directory holds no other district.",
)  # fmt: skip
def up(port: int, data: Path, *, demo_people: bool | None) -> None:
    """Run all four services in one process, until Ctrl-C."""
    from rollbook.embedded.up import up as serve  # noqa: PLC0415

    serve(data, port, click.echo, demo_people=demo_people)


@rollbook.command()
@file_argument
@kind_option
@click.option(
    "--format", "style", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True,
    help="How the verdict is written: a summary, every finding as in errors.csv, or as JSON.",
)  # fmt: skip
@click.option("--output", type=PathArgument, help="Write here instead of the terminal.")
def validate(file: Path, kind: str, style: str, output: Path | None) -> None:
    """Check FILE, a users.csv or demographics.csv, on this machine; - is standard input.

    Exit code 0: no errors (there may be warnings), 1: errors, 2: refused, or the file cannot be read.
    """
    from rollbook.embedded.validate import Format  # noqa: PLC0415
    from rollbook.embedded.validate import validate as validate_file  # noqa: PLC0415

    file = Path("/dev/stdin") if file == Path("-") else file
    sys.exit(validate_file(file, cast("Kind", kind), Format(style), output))


@rollbook.command()
@click.option("--district", required=True, help="The district's ID.")
@click.option("--role", "roles", required=True, multiple=True, type=click.Choice(ROLES), help="Repeatable.")
@click.option("--name", default="Ada Example", show_default=True, help="Who it is for.")
@data_option
def token(district: str, roles: tuple[str, ...], name: str, data: Path) -> None:
    """Print a token for a Rollbook started by `rollbook up`."""
    from rollbook.embedded.issuer import Issuer  # noqa: PLC0415

    click.echo(Issuer.kept_in(opened(data)).token(district, roles, name))


@rollbook.command()
@file_argument
@click.option("--url", required=True, help="Where Rollbook runs, as http://127.0.0.1:8080.")
@click.option("--token", required=True, envvar="ROLLBOOK_TOKEN", show_envvar=True, help="Who you are.")
@kind_option
@click.option("--process", is_flag=True, help="Process the file if it has no error.")
@click.option("--wait", is_flag=True, help="Wait for the verdict.")
def upload(*, file: Path, url: str, token: str, kind: str, process: bool, wait: bool) -> None:
    """Upload FILE to a running Rollbook. Exit codes as validate."""
    from rollbook.embedded.client import Client  # noqa: PLC0415
    from rollbook.embedded.upload import upload as send  # noqa: PLC0415

    with Client(url, token) as client:
        sys.exit(send(file, client, cast("Kind", kind), process=process, wait=wait))


@rollbook.command()
def demo() -> None:
    """Show the main job on a sample district. Exit code 0 only if every step did what it should."""
    from rollbook.embedded.demo import demo as show  # noqa: PLC0415

    sys.exit(show())


rollbook.add_command(ops)


def main() -> None:
    """Run the command; what stands in its way is one line, not a traceback."""
    try:
        sys.exit(rollbook(standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as nothing_asked:
        nothing_asked.show()
    except click.ClickException as mistaken:
        click.echo(f"rollbook: {mistaken.format_message()}", err=True)
    except CannotRun as reason:
        click.echo(f"rollbook: {reason}", err=True)
    except (click.Abort, KeyboardInterrupt):  # Ctrl-C, within click and around it
        click.echo("rollbook: interrupted.", err=True)
        sys.exit(128 + signal.SIGINT)
    except BrokenPipeError:  # who reads has seen enough; what is still in the buffer goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        click.echo(f"rollbook: {error.filename or 'this machine'}: {error.strerror or error}.", err=True)
    sys.exit(2)
