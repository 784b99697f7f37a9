"""A file that is written whole or not at all."""

import errno
import os

import pytest

from rollbook.embedded.whole_file import written_whole


@pytest.mark.parametrize("reason", [KeyboardInterrupt(), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))])
@pytest.mark.parametrize("before", [None, b"of yesterday"])
def test_what_stops_half_way_changes_nothing(tmp_path, reason, before):
    path = tmp_path / "errors.csv"
    if before is not None:
        path.write_bytes(before)

    def write_half():
        with written_whole(path) as file:
            file.write(b"half")
            raise reason

    with pytest.raises(type(reason)):
        write_half()
    left = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    assert left == ({} if before is None else {"errors.csv": before})


def test_until_all_is_written_the_old_file_stands_and_its_mode_outlives_it(tmp_path):
    path = tmp_path / "errors.csv"
    path.write_bytes(b"of yesterday")
    path.chmod(0o640)
    with written_whole(path) as file:
        file.write(b"of today")
        file.flush()
        assert path.read_bytes() == b"of yesterday"
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"of today", 0o640)


def test_a_link_stays_a_link(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    with written_whole(link) as file:
        file.write(b"of today")
    assert (link.is_symlink(), target.read_bytes()) == (True, b"of today")


def test_the_longest_name_that_a_file_may_have_is_no_obstacle(tmp_path):
    path = tmp_path / ("n" * 255)
    with written_whole(path) as file:
        file.write(b"of today")
    assert path.read_bytes() == b"of today"
