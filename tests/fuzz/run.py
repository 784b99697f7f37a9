"""Runs one target with a coverage-guided fuzzer: `run.py TARGET [options of libFuzzer]`; see `make fuzz`."""

import sys
from pathlib import Path

import atheris

HERE = Path(__file__).parent
SEEDS = [HERE.parent / "data" / folder for folder in ("accept", "reject")]


def main():
    """Never returns: libFuzzer ends the process, with exit code 0 if nothing was found."""
    with atheris.instrument_imports(include=["rollbook", "reference", "fuzz"]):
        from fuzz.targets import TARGETS

    target, *options = sys.argv[1:]
    grown = Path("var/fuzz") / target
    grown.mkdir(parents=True, exist_ok=True)
    settings = [f"-dict={HERE / 'csv.dict'}", f"-artifact_prefix={grown.parent}/{target}-", "-max_len=4096"]
    atheris.Setup([sys.argv[0], *settings, *options, str(grown), *map(str, SEEDS)], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
