"""`rollbook` called wrongly, or where something stands in its way: one line, and exit code 2."""

import os
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from socket import socket

import pytest
from joserfc import jwt

from rollbook.embedded import data_directory, verdict
from rollbook.embedded.cli import main
from rollbook.embedded.issuer import Issuer

# Tests in the background of a shell are started with SIGINT ignored, and so would be what they start.
HEARING_CTRL_C = ("env", "--default-signal=INT")


@pytest.fixture
def types(monkeypatch, capsys):
    """Type a command: exit code, standard output, standard error."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["rollbook", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return run


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "users.csv"
    made.write_text("schoolId,userRole,userId\n")
    return made


@pytest.fixture
def header():
    return (
        "schoolId,userRole,userId,action,userFirstName,userLastName,userEmail,userGrade,classId,className,"
        "classGrade,primaryTeacher\n"
    )


def assert_one_line(answer, words):
    code, out, err = answer
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonsense"], "No such command"),
        (["up", "--port", "many"], "--port"),
        (["up", "--port", "99999"], "--port"),
        (["validate"], "Missing argument"),
        (["token", "--district", "d1", "--role", "king"], "--role"),
        (["upload", "users.csv"], "--url"),
        (["ops", "nonsense"], "No such command"),
        (["ops", "stuck", "--for", "long"], "--for"),
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_one_line(types, words, said):
    assert_one_line(types(*words), said)


@pytest.mark.parametrize(
    ("url", "token", "said"),
    [
        ("http://127.0.0.1:1", "x", "the server does not answer"),
        ("nonsense", "x", "the server does not answer"),
        ("http://[::1", "x", "is no address of a server"),
        ("http://127.0.0.1:1", "é", "this is no token"),
        ("http://127.0.0.1:1", "a\nb", "this is no token"),
    ],
    ids=["nobody there", "no protocol", "no address", "not ASCII", "two lines"],
)
def test_where_there_is_no_server_it_says_so(types, file, url, token, said):
    assert_one_line(types("upload", file, "--url", url, "--token", token), said)


class Stranger(BaseHTTPRequestHandler):
    """Answers everything with a page."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"page")

    def log_message(self, *_):
        """Say nothing."""


def test_a_server_that_is_not_rollbook_is_told_apart(types, file):
    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        try:
            assert_one_line(types("upload", file, "--url", url, "--token", "x"), "is not Rollbook")
        finally:
            server.shutdown()
            thread.join()


def test_a_missing_file_and_a_folder_are_no_files(types, tmp_path):
    for path in (tmp_path / "absent.csv", tmp_path):
        assert_one_line(
            types("upload", path, "--url", "http://127.0.0.1:1", "--token", "x"), "cannot be read"
        )


@pytest.mark.parametrize("words", [["validate"], ["upload", "--url", "http://127.0.0.1:1", "--token", "x"]])
def test_a_file_without_permission_is_said_to_be_that(words, file):
    file.chmod(0)
    without_the_powers_of_root = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    command = [sys.executable, "-m", "rollbook.embedded", *words, str(file)]
    command = [*(without_the_powers_of_root if os.geteuid() == 0 else []), *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = "users.csv cannot be read: Permission denied"
    assert_one_line((done.returncode, done.stdout, done.stderr), said)


def test_ctrl_c_while_a_file_is_checked_leaves_nothing_behind(tmp_path, header):
    """What comes through a pipe never ends here, so that it is in the middle of it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    text = header + "001,student,u1,,,,,,,,,\n" * 70_000
    with started("validate", "-", environment={"TMPDIR": str(folder)}) as process:
        process.stdin.write(text.encode())
        assert any(folder.iterdir())
        assert_interrupted(process)
    assert not any(folder.iterdir())


def test_ctrl_c_while_python_still_imports_is_one_line(tmp_path):
    presses_ctrl_c = (
        "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nraise SystemExit('was not heard')"
    )
    (tmp_path / "click.py").write_text(presses_ctrl_c)
    console_script = "import sys; from rollbook.embedded.command import main; sys.exit(main())"
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    for started_as in (["-m", "rollbook.embedded"], ["-c", console_script]):
        command = [*HEARING_CTRL_C, sys.executable, *started_as, "--version"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (130, "", "rollbook: interrupted.\n")


def test_the_console_script_starts_where_ctrl_c_is_heard():
    (script,) = metadata.entry_points(group="console_scripts", name="rollbook")
    assert script.value == "rollbook.embedded.command:main"


def test_ctrl_c_while_the_verdict_is_written_leaves_the_file_as_it_was(types, file, monkeypatch, header):
    def half(*_):
        yield b"row,column"
        raise KeyboardInterrupt

    monkeypatch.setattr(verdict, "errors_csv", half)
    file.write_text(header + "001,student,u1,,,,,,,,,\n")
    output = file.with_name("errors.csv")
    for before in (None, "of yesterday"):
        if before is not None:
            output.write_text(before)
        code, _, said = types("validate", file, "--format", "csv", "--output", output)
        assert (code, said.strip()) == (130, "rollbook: interrupted.")
        assert (output.read_text() if output.exists() else None) == before
        assert {one.name for one in file.parent.iterdir()} <= {file.name, output.name}


def test_ctrl_c_while_the_server_is_awaited_ends_an_upload(file):
    with socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with started("upload", str(file), "--url", url, "--token", "x") as process:
            connection, _ = server.accept()
            with connection:
                assert connection.recv(1)
                assert_interrupted(process)


def started(*words, environment=None):
    command = [*HEARING_CTRL_C, sys.executable, "-m", "rollbook.embedded", *words]
    environment = os.environ | (environment or {})
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment)


def assert_interrupted(process):
    process.send_signal(signal.SIGINT)
    said = process.stderr.read().decode().strip()
    assert (process.wait(), process.stdout.read(), said) == (130, b"", "rollbook: interrupted.")


def test_a_port_in_use_is_refused(tmp_path):
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "rollbook.embedded", "up", "--port", port, "--data", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert_one_line((done.returncode, done.stdout, done.stderr), f"port {port} cannot be used")


def test_a_data_directory_in_use_is_refused(types, tmp_path):
    with data_directory.held(tmp_path):
        assert_one_line(types("up", "--port", "0", "--data", tmp_path), "another `rollbook up`")


def test_a_reader_who_has_seen_enough_is_no_error(tmp_path, header):
    file = tmp_path / "users.csv"
    rows = "".join(f"001,nobody,u{n},,,,,,,,,\n" for n in range(3_000))
    file.write_text(header + rows)
    command = [sys.executable, "-m", "rollbook.embedded", "validate", str(file), "--format", "csv"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""


def missing(service, *roles, environment):
    return [
        subprocess.run(
            [sys.executable, "-m", f"rollbook.{service}", role],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for role in roles
    ]


def test_a_service_without_settings_names_all_of_them():
    done = missing("validator", "web", "consume", environment={"ROLLBOOK_HTTP_PORT": "many"})
    wanted = ("DATABASE_URL", "AMQP_URL", "STORE_URL", "JWKS_URL", "ISSUER", "HTTP_PORT")
    for one in done:
        assert (one.returncode, one.stdout) == (2, "")
        assert [name for name in wanted if f"ROLLBOOK_{name} is" not in one.stderr] == []
        assert len(one.stderr.splitlines()) == len(wanted)


def test_a_service_whose_server_is_away_says_so_in_one_line(tmp_path):
    settings = {
        "ROLLBOOK_DATABASE_URL": "postgresql+psycopg://127.0.0.1:1/x",
        "ROLLBOOK_AMQP_URL": "amqp://guest:guest@127.0.0.1:1/%2F",
        "ROLLBOOK_STORE_URL": tmp_path.as_uri(),
        "ROLLBOOK_JWKS_URL": "http://127.0.0.1:1/jwks.json",
        "ROLLBOOK_ISSUER": "https://issuer.example.org",
    }
    (away,) = missing("validator", "migrate", environment=settings)
    assert (away.returncode, len(away.stderr.splitlines())) == (1, 1)
    (unreadable,) = missing("validator", "web", environment=settings | {"ROLLBOOK_DATABASE_URL": "nonsense"})
    assert (unreadable.returncode, len(unreadable.stderr.splitlines())) == (2, 1)


def test_a_token_says_who_and_is_signed_with_the_key_of_the_data_directory(types, tmp_path):
    wanted = ("--district", "d1", "--role", "system", "--role", "auditor", "--name", "Bo Li")
    code, out, err = types("token", "--data", tmp_path, *wanted)
    claims = jwt.decode(out.strip(), Issuer.kept_in(tmp_path).key).claims
    assert (code, err) == (0, "")
    assert (claims["district_id"], claims["roles"], claims["name"]) == ("d1", ["system", "auditor"], "Bo Li")
