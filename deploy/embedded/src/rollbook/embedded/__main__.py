"""`python -m rollbook.embedded` is the `rollbook` command."""

from rollbook.embedded.command import main

main()
