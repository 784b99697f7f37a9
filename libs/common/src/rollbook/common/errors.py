"""What can go wrong with *us* (what is wrong in a file is a finding, never an exception).

::

    RollbookError
    ├── SettingsError      the environment does not say what a service needs: every fault, one a line
    ├── AnotherVersion     a database was made by a newer Rollbook than this one
    ├── Retryable          the same message may succeed later: it goes to a retry queue
    │   └── NotYetKnown    something this event refers to has not arrived here yet
    ├── Unprocessable      the same message can never succeed: it goes to the dead letters at once
    │   └── Undecodable    it is not even a message of ours
    └── PublishError       the broker did not take a message
        ├── Unroutable     no queue is bound for it (topology not applied)
        ├── Nacked         the broker refused it (full, or a leader election)
        └── Unavailable    the connection is gone or blocked

The consumer loop asks for the class of an exception and nothing else; one that is not listed here is
treated as Retryable, because most surprises (a database restarting, a full disk) pass.
"""


class RollbookError(Exception):
    """The base of every exception that Rollbook raises on purpose."""


class SettingsError(RollbookError):
    """The environment is incomplete or wrong; the text lists every fault, one a line."""


class AnotherVersion(RollbookError):
    """A database was made by a newer Rollbook, which this one cannot go on with."""


class Retryable(RollbookError):
    """Trying the same message again later may succeed."""


class NotYetKnown(Retryable):
    """The event refers to something whose own event has not been handled yet."""


class Unprocessable(RollbookError):
    """The message can never be handled; a person has to look at it."""


class Undecodable(Unprocessable):
    """The bytes are not a message of a known type and version."""


class PublishError(RollbookError):
    """The broker did not take a message; nothing may be marked as sent."""


class Unroutable(PublishError):
    """No queue is bound to the routing key."""


class Nacked(PublishError):
    """The broker refused the message."""


class Unavailable(PublishError):
    """There is no usable connection to the broker."""
