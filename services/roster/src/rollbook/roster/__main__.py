"""`python -m rollbook.roster web|consume|relay|migrate`."""

import sys

from rollbook.common.entrypoints import main
from rollbook.roster.bootstrap import compose
from rollbook.roster.settings import Settings

sys.exit(main("roster", Settings, compose, sys.argv[1:]))
