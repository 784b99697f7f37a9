"""`python -m rollbook.reports web|consume|relay|migrate`."""

import sys

from rollbook.common.entrypoints import main
from rollbook.reports.bootstrap import compose
from rollbook.reports.settings import Settings

sys.exit(main("reports", Settings, compose, sys.argv[1:]))
