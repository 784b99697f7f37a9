"""`python -m rollbook.validator web|consume|relay|migrate`."""

import sys

from rollbook.common.entrypoints import main
from rollbook.validator.bootstrap import compose
from rollbook.validator.settings import Settings

sys.exit(main("validator", Settings, compose, sys.argv[1:]))
