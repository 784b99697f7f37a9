"""`make up`: run it, say where it is and how to get in, and end with Ctrl-C or when a process ends."""

import argparse
import shlex
import signal
import sys
import time
from types import FrameType

from distributed import Distributed
from rollbook.embedded.client import Client
from rollbook.embedded.sample_district import DISTRICT, enter
from servers import ProgramMissing, ServerDidNotStart


def main() -> int:
    """Exit code 0 when stopped by a person, 1 when something did not start or ended by itself."""
    parser = argparse.ArgumentParser(prog="make up", description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--validators", type=int, default=2)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _as_ctrl_c)
    try:
        with Distributed(validators=arguments.validators, gateway_port=arguments.port) as rollbook:
            with Client(
                rollbook.url, rollbook.issuer.token(DISTRICT, ("support",), "Sam Support")
            ) as support:
                enter(support)
            _introduce(rollbook)
            while not (ended := rollbook.ended()):
                time.sleep(0.5)
            for name in ended:
                _say(f"{name} has ended:\n{rollbook.processes[name].end_of_log()}")
            return 1
    except (ServerDidNotStart, ProgramMissing) as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        return 0


def _introduce(rollbook: Distributed) -> None:
    admin = rollbook.issuer.token(DISTRICT, ("system", "enrollment", "auditor"))
    support = rollbook.issuer.token(DISTRICT, ("support",), "Sam Support")
    _say(f"Rollbook runs at {rollbook.url} in {len(rollbook.processes)} processes.")
    _say("Open it in a browser. Anyone on this machine can sign in as one of the demo people: no passwords.")
    _say(f"Their logs are in {rollbook.directory}")
    _say(f"A token for an administrator of {DISTRICT}:\n{admin}")
    _say(f"A token for support, to enter and activate other districts:\n{support}")
    operator = rollbook.directory / "operator.env"
    settings = rollbook.operator_environment.items()
    operator.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in settings))
    _say(f"For `rollbook ops`:\n. {operator}")
    _say("Ctrl-C stops it, and nothing is kept.")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n\n")
    sys.stdout.flush()


def _as_ctrl_c(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
