"""The files of a report over HTTP: whole, in parts, or not at all where the caller has them."""

import hashlib

import pytest
from unit.reports.upload_story import story

ERRORS = "/reports/u1/errors.csv"


@pytest.fixture
def whole(world):
    world.hear(*story(world.store))
    return world.get(ERRORS).data


def test_a_file_comes_with_its_hash_its_size_and_its_type(world, whole):
    answer = world.call("HEAD", ERRORS)
    assert answer.status_code == 200
    assert answer.data == b""
    assert {
        name: answer.headers[name] for name in ("ETag", "Content-Length", "Content-Type", "Accept-Ranges")
    } == {
        "ETag": f'"{hashlib.sha256(whole).hexdigest()}"',
        "Content-Length": str(len(whole)),
        "Content-Type": "text/csv; charset=utf-8",
        "Accept-Ranges": "bytes",
    }


def test_any_one_part_can_be_had(world, whole):
    size = len(whole)
    for text, start, stop in (
        ("0-0", 0, 1),
        ("3-9", 3, 10),
        (f"{size - 1}-", size - 1, size),
        ("-5", size - 5, size),
        (f"-{size + 9}", 0, size),
        (f"2-{size + 9}", 2, size),
    ):
        answer = world.get(ERRORS, Range=f"bytes={text}")
        assert answer.data == whole[start:stop], text
        if (start, stop) != (0, size):
            assert answer.status_code == 206
            assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{size}"
            assert answer.headers["Content-Length"] == str(stop - start)


def test_a_part_beyond_the_end_is_refused_and_the_size_told(world, whole):
    answer = world.get(ERRORS, Range=f"bytes={len(whole)}-")
    assert (answer.status_code, answer.json["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"


@pytest.mark.parametrize("wanted", ["bytes=0-1,4-5", "rows=0-1", "nonsense"])
def test_what_is_no_single_range_of_bytes_gets_the_whole_file(world, whole, wanted):
    answer = world.get(ERRORS, Range=wanted)
    assert (answer.status_code, answer.data) == (200, whole)


def test_a_part_is_given_only_of_the_file_that_the_caller_means(world, whole):
    etag = f'"{hashlib.sha256(whole).hexdigest()}"'
    statuses = {
        condition: world.get(ERRORS, Range="bytes=0-3", **{"If-Range": condition}).status_code
        for condition in (etag, '"another"', f"W/{etag}", "Tue, 24 Nov 2026 00:00:00 GMT")
    }
    assert list(statuses.values()) == [206, 200, 200, 200]


def test_who_has_the_file_gets_no_bytes(world, whole):
    etag = f'"{hashlib.sha256(whole).hexdigest()}"'
    for value in (etag, f'"x", {etag}', f"W/{etag}", "*"):
        answer = world.get(ERRORS, **{"If-None-Match": value})
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)
    assert world.get(ERRORS, **{"If-None-Match": '"x"'}).status_code == 200
