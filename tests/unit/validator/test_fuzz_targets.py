"""The targets of `make fuzz` hold for the corpus of files and for what an earlier run has found."""

from pathlib import Path

import pytest
from fuzz.targets import TARGETS

DATA = Path(__file__).parents[2] / "data"
FILES = sorted([*DATA.glob("accept/*.csv"), *DATA.glob("reject/*.csv")])
FOUND = [b"", b"\r", b'"', b'""', b',"', b'"a"b,"c"\r"d', b"\xff\xfe", b"\xef\xbb\xbf,"]


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_holds_for_the_corpus(target):
    for data in [*(file.read_bytes() for file in FILES), *FOUND]:
        TARGETS[target](data)
