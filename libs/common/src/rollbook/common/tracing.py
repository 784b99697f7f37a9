"""One trace from a request through every message that it causes (W3C Trace Context, `traceparent`).

What a request or a message does is one span; an event told in it carries that span on, and its log lines have
`trace_id`.  Work that nobody asked for (sweeps) belongs to no trace.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog

_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
_NEW_FLAGS = "00"  # whether to sample is for others to say
_span: ContextVar[str] = ContextVar("traceparent", default="")


def traceparent() -> str:
    """The span that we are in, as a `traceparent`; "" where there is none."""
    return _span.get()


@contextmanager
def span(parent: str) -> Iterator[None]:
    """A new span: in the trace of `parent`, or in a new one where that is no `traceparent`."""
    known = _TRACEPARENT.fullmatch(parent)
    trace_id, flags = known.groups() if known else (secrets.token_hex(16), _NEW_FLAGS)
    before = _span.set(f"00-{trace_id}-{secrets.token_hex(8)}-{flags}")
    try:
        with structlog.contextvars.bound_contextvars(trace_id=trace_id):
            yield
    finally:
        _span.reset(before)
