"""Where the lines of the log go."""

import io

import pytest
import structlog

from rollbook.common.entrypoints import configure_logging


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
