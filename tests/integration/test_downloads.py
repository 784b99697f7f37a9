"""Files that are stored, over HTTP: whole, in parts, or not at all where the caller has them.

The same for a file of a report and for an uploaded one.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from integration.reports_world import World
from integration.upload_portal import USERS, Portal
from unit.reports.upload_story import story


@dataclass
class Place:
    """Where a file is: `call` asks for it with a method and headers."""

    call: Callable
    content_type: str

    def get(self, **headers):
        return self.call("GET", {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture(params=["report", "upload"])
def place(request, tmp_path):
    if request.param == "report":
        world = World(f"sqlite:///{tmp_path}/reports.db", tmp_path)
        world.hear(*story(world.store))
        path = "/reports/u1/errors.csv"
        yield Place(
            lambda method, headers: world.call(method, path, headers=headers), "text/csv; charset=utf-8"
        )
        world.close()
    else:
        portal = Portal(tmp_path)
        portal.activate()
        path = f"/uploads/{portal.send(USERS).json['id']}/file"
        yield Place(lambda method, headers: portal.call(method, path, headers=headers), "text/csv")
        portal.service.engine.dispose()


@pytest.fixture
def whole(place):
    return place.get().data


def test_a_file_comes_with_its_hash_its_size_and_its_type(place, whole):
    answer = place.call("HEAD", {})
    assert answer.status_code == 200
    assert answer.data == b""
    assert {
        name: answer.headers[name] for name in ("ETag", "Content-Length", "Content-Type", "Accept-Ranges")
    } == {
        "ETag": f'"{hashlib.sha256(whole).hexdigest()}"',
        "Content-Length": str(len(whole)),
        "Content-Type": place.content_type,
        "Accept-Ranges": "bytes",
    }


def test_any_one_part_can_be_had(place, whole):
    size = len(whole)
    for text, start, stop in (
        ("0-0", 0, 1),
        ("3-9", 3, 10),
        (f"{size - 1}-", size - 1, size),
        ("-5", size - 5, size),
        (f"-{size + 9}", 0, size),
        (f"2-{size + 9}", 2, size),
    ):
        answer = place.get(Range=f"bytes={text}")
        assert answer.data == whole[start:stop], text
        if (start, stop) != (0, size):
            assert answer.status_code == 206
            assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{size}"
            assert answer.headers["Content-Length"] == str(stop - start)


def test_a_part_beyond_the_end_is_refused_and_the_size_told(place, whole):
    answer = place.get(Range=f"bytes={len(whole)}-")
    assert (answer.status_code, answer.json["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"


@pytest.mark.parametrize("wanted", ["bytes=0-1,4-5", "rows=0-1", "nonsense"])
def test_what_is_no_single_range_of_bytes_gets_the_whole_file(place, whole, wanted):
    answer = place.get(Range=wanted)
    assert (answer.status_code, answer.data) == (200, whole)


def test_a_part_is_given_only_of_the_file_that_the_caller_means(place, whole):
    etag = f'"{hashlib.sha256(whole).hexdigest()}"'
    statuses = [
        place.get(Range="bytes=0-3", If_Range=condition).status_code
        for condition in (etag, '"another"', f"W/{etag}", "Tue, 24 Nov 2026 00:00:00 GMT")
    ]
    assert statuses == [206, 200, 200, 200]


def test_who_has_the_file_gets_no_bytes(place, whole):
    etag = f'"{hashlib.sha256(whole).hexdigest()}"'
    for value in (etag, f'"x", {etag}', f"W/{etag}", "*"):
        answer = place.get(If_None_Match=value)
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)
    assert place.get(If_None_Match='"x"').status_code == 200


def test_who_means_another_file_gets_none_of_this_one(place, whole):
    etag = f'"{hashlib.sha256(whole).hexdigest()}"'
    for value in ('"x"', f"W/{etag}"):
        answer = place.get(If_Match=value, Range="bytes=0-3")
        assert (answer.status_code, answer.json["code"]) == (412, "other_file"), value
    for value in (etag, f'"x", {etag}', "*"):
        assert place.get(If_Match=value).data == whole, value
