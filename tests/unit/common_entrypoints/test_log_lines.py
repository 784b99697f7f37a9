"""Where the lines of the log go, and what all have."""

import io
import json

import pytest
import structlog

from rollbook.common.entrypoints import configure_logging
from rollbook.common.tracing import span


@pytest.fixture(autouse=True)
def _as_it_was():
    yield
    structlog.reset_defaults()


def test_a_line_goes_to_standard_error_as_it_is_now_and_not_to_what_it_was(capsys, monkeypatch):
    with monkeypatch.context() as another:
        gone = io.StringIO()
        another.setattr("sys.stderr", gone)
        configure_logging("INFO")
        gone.close()
    structlog.get_logger("test").warning("still here")
    assert '"still here"' in capsys.readouterr().err


def test_the_lines_of_a_request_have_the_id_of_its_trace(capsys):
    configure_logging("INFO")
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    with span(f"00-{trace}-00f067aa0ba902b7-00"):
        structlog.get_logger("test").warning("within")
    structlog.get_logger("test").warning("outside")
    within, outside = map(json.loads, capsys.readouterr().err.splitlines())
    assert (within["trace_id"], "trace_id" in outside) == (trace, False)
