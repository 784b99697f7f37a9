"""All of Rollbook on this machine as production runs it: separate processes, a real bus, real databases.

`make up` runs it by hand; end-to-end tests and benches run it to kill parts of it and to measure it.
Nothing is kept afterwards: for a lasting Rollbook on one machine there is `rollbook up`.
"""

from distributed.issuer import LocalIssuer
from distributed.processes import Distributed

__all__ = ["Distributed", "LocalIssuer"]
