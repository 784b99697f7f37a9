"""`python -m rollbook.embedded` is the `rollbook` command."""

from rollbook.embedded.cli import main

main()
