"""The `rollbook` command: its options, and who does the work."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from rollbook.common.dictionary import Kind
from rollbook.embedded import data_directory
from rollbook.embedded.issuer import ROLES, Issuer
from rollbook.embedded.refusal import CannotRun
from rollbook.embedded.validate import Format
from rollbook.embedded.validate import validate as validate_file

app = typer.Typer(
    help="Enrollment files to a correct roster.", no_args_is_help=True, pretty_exceptions_enable=False
)

DataDirectory = Annotated[Path, typer.Option("--data", help="Folder that holds everything.")]


@app.callback()
def _commands() -> None:
    """Enrollment files to a correct roster."""


@app.command()
def up(
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 8080,
    data: DataDirectory = data_directory.DEFAULT,
) -> None:
    """Run all four services in one process, until Ctrl-C."""
    # Imported here: validating a file needs no web server and no bus, and starts faster without.
    from rollbook.embedded.up import up as serve  # noqa: PLC0415

    serve(data, port, typer.echo)


@app.command()
def validate(
    file: Annotated[Path, typer.Argument(help="A users.csv or demographics.csv.")],
    kind: Annotated[str, typer.Option(help="users or demographics.")] = "users",
    style: Annotated[Format, typer.Option("--format", help="How the verdict is written.")] = Format.TEXT,
    output: Annotated[Path | None, typer.Option(help="Write here instead of the terminal.")] = None,
) -> None:
    """Check a file on this machine. Exit code 0: no errors, 1: errors, 2: refused."""
    raise typer.Exit(validate_file(file, _kind(kind), style, output))


@app.command()
def token(
    district: Annotated[str, typer.Option(help="The district's ID.")],
    role: Annotated[list[str], typer.Option(help=f"One of {', '.join(ROLES)}; may be repeated.")],
    name: Annotated[str, typer.Option(help="Who it is for.")] = "Ada Example",
    data: DataDirectory = data_directory.DEFAULT,
) -> None:
    """Print a token for a Rollbook started by `rollbook up`."""
    unknown = sorted(set(role) - set(ROLES))
    if unknown:
        raise CannotRun(f"{', '.join(unknown)} is no role; there are {', '.join(ROLES)}.")
    typer.echo(Issuer(data_directory.opened(data)).token(district, role, name))


@app.command()
def upload(  # noqa: PLR0917  (each is an option by its name)
    file: Annotated[Path, typer.Argument(help="A users.csv or demographics.csv.")],
    url: Annotated[str, typer.Option(help="Where Rollbook runs, as http://127.0.0.1:8080.")],
    token: Annotated[str, typer.Option(envvar="ROLLBOOK_TOKEN", help="Who you are.")],
    kind: Annotated[str, typer.Option(help="users or demographics.")] = "users",
    process: Annotated[bool, typer.Option("--process", help="Process the file if it has no error.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the verdict.")] = False,
) -> None:
    """Upload a file to a running Rollbook. Exit codes as validate."""
    from rollbook.embedded.client import Client  # noqa: PLC0415
    from rollbook.embedded.upload import upload as send  # noqa: PLC0415

    with Client(url, token) as client:
        raise typer.Exit(send(file, client, _kind(kind), process=process, wait=wait))


@app.command()
def demo() -> None:
    """Show the main job on a sample district. Exit code 0 only if every step did what it should."""
    from rollbook.embedded.demo import demo as show  # noqa: PLC0415

    raise typer.Exit(show())


def _kind(text: str) -> Kind:
    if text == "users":
        return "users"
    if text == "demographics":
        return "demographics"
    raise CannotRun(f"{text} is no kind of file; there are users and demographics.")


def main() -> None:
    """Run the command; what stands in its way is one line, not a traceback."""
    try:
        app()
    except CannotRun as reason:
        typer.echo(f"rollbook: {reason}", err=True)
        sys.exit(2)
