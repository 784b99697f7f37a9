"""Write the generated pages, or with `--check` say which of them is not what would be written."""

import argparse
import importlib
import sys
from pathlib import Path

PAGES = sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))
"""Modules with `PAGE`, where the page lies, and `page()`, its text."""


def main() -> int:
    """Exit code 1 where a page is stale."""
    parser = argparse.ArgumentParser(prog="docs/generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is stale")
    check, stale = parser.parse_args().check, False
    for name in PAGES:
        made = importlib.import_module(name)
        if not check:
            made.PAGE.write_text(made.page(), encoding="utf-8")
        elif not made.PAGE.exists() or made.PAGE.read_text(encoding="utf-8") != made.page():
            print(f"{made.PAGE.name} is stale: run make docs", file=sys.stderr)
            stale = True
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
