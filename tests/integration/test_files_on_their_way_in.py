"""How a file may come in over HTTP: bodies, multipart, keys, limits, and what is recorded of a refusal."""

import hashlib
import io
import threading

import pytest
from integration.upload_portal import USERS, Portal

from rollbook.common.contracts import events as e
from rollbook.common.database import reading
from rollbook.upload.adapters.tables import incoming, upload

FAULTY = b"userId,Name\n1,2\n" + b"3,4\n" * 700_000


@pytest.fixture
def portal(tmp_path):
    made = Portal(tmp_path, max_file_bytes=4_000_000)
    made.activate()
    yield made
    made.service.engine.dispose()


def rows(portal, table):
    with reading(portal.service.engine) as connection:
        return connection.execute(table.select()).mappings().all()


def stored(portal):
    return [path for path in (portal.folder / "store").rglob("*") if path.is_file()]


def in_parts(*parts):
    """A multipart body, its parts given as (headers, bytes)."""
    body = b"".join(b"--b\r\n%s\r\n\r\n%s\r\n" % (head, data) for head, data in parts) + b"--b--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=b"}


FILE_PART = b'Content-Disposition: form-data; name="file"; filename="/home/ada/autumn.csv"'


def test_reading_never_waits_for_a_writer(portal):
    here = portal.send().json["id"]
    with portal.service.unit_of_work():  # holds SQLite's write lock
        answers = []
        paths = ["/batch-upload", "/uploads", f"/uploads/{here}", f"/uploads/{here}/file"]
        reader = threading.Thread(
            target=lambda: answers.extend(portal.call("GET", path).status_code for path in paths)
        )
        reader.start()
        reader.join(timeout=10)
        assert answers == [200, 200, 200, 200]
    reader.join()


def test_of_a_refused_file_everything_but_its_bytes_is_recorded(portal):
    answer = portal.send(FAULTY, query="?kind=users&filename=autumn.csv")
    shown = portal.call("GET", f"/uploads/{answer.json['id']}").json
    assert {name: shown[name] for name in ("status", "filename", "kind", "sha256", "sizeBytes")} == {
        "status": "refused",
        "filename": "autumn.csv",
        "kind": "users",
        "sha256": hashlib.sha256(FAULTY).hexdigest(),
        "sizeBytes": len(FAULTY),
    }
    assert shown["uploadedBy"] == {"sub": "ada", "name": "Ada"}
    assert shown["problems"][0]["code"] == "header.extra"
    assert (stored(portal), rows(portal, incoming)) == ([], [])


def test_a_multipart_file_brings_its_own_name(portal):
    sent = portal.send(query="", **in_parts((FILE_PART, USERS)))
    assert (sent.status_code, sent.json["filename"]) == (201, "autumn.csv")
    assert portal.call("GET", f"/uploads/{sent.json['id']}/file").data == USERS
    portal.call("POST", f"/uploads/{sent.json['id']}/cancel")
    named = portal.send(query="?filename=mine.csv", **in_parts((FILE_PART, USERS)))
    assert named.json["filename"] == "mine.csv"


def test_a_form_as_browsers_send_it_is_taken(portal):
    form = {"note": "hello", "file": (io.BytesIO(USERS), "autumn.csv")}
    sent = portal.send(form, query="", content_type="multipart/form-data")
    assert (sent.status_code, sent.json["sha256"]) == (201, hashlib.sha256(USERS).hexdigest())


@pytest.mark.parametrize(
    ("parts", "status", "code"),
    [
        ({"data": b"--", "content_type": "multipart/form-data; boundary=b"}, 400, "incomplete_body"),
        ({"data": b"--b--\r\n", "content_type": "multipart/form-data; boundary=b"}, 422, "no_file"),
        ({"data": USERS, "content_type": "multipart/form-data"}, 400, "bad_multipart"),
        (in_parts((b'Content-Disposition: form-data; name="other"', USERS)), 422, "no_file"),
        (in_parts((b"X-Nothing: here", USERS)), 400, "bad_multipart"),
        (in_parts(*[(b'Content-Disposition: form-data; name="n"', b"")] * 10_000), 413, "too_many_parts"),
        ({"data": b"--b\r\n" + FILE_PART + b"\r\n\r\n" + USERS,
          "content_type": "multipart/form-data; boundary=b"}, 400, "incomplete_body"),
    ],
)  # fmt: skip
def test_a_multipart_body_without_a_whole_file_is_refused(portal, parts, status, code):
    answer = portal.send(query="", **parts)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert (rows(portal, upload), rows(portal, incoming), stored(portal)) == ([], [], [])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_file_in_another_encoding_comes_back_as_it_was(portal, encoding):
    data = USERS.decode("utf-8-sig").encode(encoding)
    here = portal.send(data).json["id"]
    assert portal.call("GET", f"/uploads/{here}/file").data == data


def test_a_file_over_the_limit_is_refused_and_recorded(portal):
    answer = portal.send(USERS + b",\n" * 2_000_000)
    assert (answer.status_code, answer.json["problems"][0]["code"]) == (413, "file.too_large")
    assert portal.status(answer.json["id"]) == "refused"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"content_type": "image/png"}, "unsupported_media_type"),
        ({"content_type": "application/x-www-form-urlencoded"}, "unsupported_media_type"),
        ({"content_type": None}, "unsupported_media_type"),
        ({"Content_Encoding": "gzip"}, "unsupported_content_encoding"),
    ],
)
def test_other_kinds_of_content_are_not_taken(portal, options, code):
    answer = portal.send(**options)
    assert (answer.status_code, answer.json["code"]) == (415, code)


@pytest.mark.parametrize("data", [USERS, b"userId,Name\n1,2\n"], ids=["taken", "refused"])
def test_a_key_gives_the_same_answer_for_the_same_file_and_none_for_another(portal, data):
    first = portal.send(data, Idempotency_Key="k")
    portal.validated(first.json["id"])
    again = portal.send(data, Idempotency_Key="k")
    assert (again.status_code, again.json) == (first.status_code, first.json)
    other = portal.send(data + b"1,2\n", Idempotency_Key="k")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    renamed = portal.send(data, query="?filename=other.csv", Idempotency_Key="k")
    assert renamed.json["code"] == "idempotency_key_reused"
    assert len(rows(portal, upload)) == 1


@pytest.mark.parametrize("data", [USERS, b"userId,Name\n1,2\n"], ids=["taken", "refused"])
def test_the_same_request_at_once_makes_one_upload(portal, data):
    answers = []
    start = threading.Barrier(6)

    def send():
        start.wait()
        answers.append(portal.send(data, Idempotency_Key="k"))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({(answer.status_code, answer.json["id"]) for answer in answers}) == 1
    assert len(rows(portal, upload)) == 1


@pytest.mark.parametrize(("data", "status"), [(USERS, "validating"), (b"userId,Name\n1,2\n", "refused")])
def test_who_got_no_answer_finds_by_the_key_whether_the_file_arrived(portal, data, status):
    def found(key="k", district="oak"):
        listed = portal.call("GET", f"/uploads?idempotencyKey={key}", district=district).json
        assert listed["next"] is None
        return [(one["id"], one["status"]) for one in listed["items"]]

    assert found() == []
    sent = portal.send(data, Idempotency_Key="k")
    assert found() == [(sent.json["id"], status)]
    assert (found("other"), found(""), found(district="elm")) == ([], [], [])


def test_a_body_that_breaks_off_leaves_nothing_behind(portal):
    answer = portal.call(
        "POST",
        "/uploads",
        input_stream=io.BytesIO(USERS[:-10]),
        content_type="text/csv",
        # As gunicorn has it: the end of the stream is no error, however early it comes.
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": str(len(USERS))},
    )
    assert (answer.status_code, answer.json["code"]) == (400, "incomplete_body")
    assert (rows(portal, upload), rows(portal, incoming), stored(portal)) == ([], [], [])
    assert portal.send().status_code == 201


def test_cancelling_frees_the_district_and_cancelling_again_changes_nothing(portal):
    here = portal.send().json["id"]
    assert portal.send().json["code"] == "upload_in_progress"
    for _ in range(2):
        assert portal.call("POST", f"/uploads/{here}/cancel").json["status"] == "cancelled"
    assert portal.call("POST", f"/uploads/{here}/process", json={}).json["code"] == "not_processable"
    portal.hear(e.ReportReady(here, "oak", "validation", 0, 0))
    assert portal.status(here) == "cancelled"
    assert portal.send().status_code == 201
