"""Seconds and peak memory of processes, the best of some rounds in turn: noise disturbs such ratios least."""

import os
import subprocess
import sys
import time
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Cost:
    """Seconds on the wall, the start of the process included; of processors; and peak resident bytes."""

    seconds: float
    processor_seconds: float
    peak_bytes: int


def best_of(rounds: int, commands: Mapping[str, Sequence[str]]) -> dict[str, Cost]:
    """The best cost of each command; they take turns, so that all of them meet the same noise."""
    found: dict[str, Cost] = {}
    for _ in range(rounds):
        for name, command in commands.items():
            cost = cost_of(command)
            found[name] = min(found.get(name, cost), cost)
    return found


def cost_of(command: Sequence[str], folder: Path | None = None, exit_codes: Container[int] = (0, 1)) -> Cost:
    """The cost of one process, run in this folder, that must end with one of these codes.

    It is started by a small one: the peak that the kernel tells includes the size of who starts it.
    """
    run = [sys.executable, str(Path(__file__).resolve()), *command]
    done = subprocess.run(run, cwd=folder, check=True, capture_output=True, text=True)
    code, seconds, processor_seconds, peak = done.stdout.split()
    if int(code) not in exit_codes:
        raise SystemExit(f"{command} ended with {code}")
    return Cost(float(seconds), float(processor_seconds), int(peak))


def show(name: str, cost: Cost, ratio: str = "") -> None:
    """Print one line of a table."""
    print(
        f"  {name:<36} {cost.seconds:7.2f} s, of processors {cost.processor_seconds:6.2f} s,"
        f" {cost.peak_bytes / 1e6:6.0f} MB  {ratio}",
        flush=True,
    )


def run(command: Sequence[str]) -> None:
    """Run the command, and print its exit code and cost."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    print(process.returncode, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


if __name__ == "__main__":
    run(sys.argv[1:])
