"""`python -m rollbook.upload web|consume|relay|migrate`."""

import sys

from rollbook.common.entrypoints import main
from rollbook.upload.bootstrap import compose
from rollbook.upload.settings import Settings

sys.exit(main("upload", Settings, compose, sys.argv[1:]))
