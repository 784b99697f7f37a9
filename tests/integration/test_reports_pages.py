"""Pages of the history on both databases: however found, what a look at every upload finds."""

import datetime as dt
import itertools
import random

import pytest
import sqlalchemy as sa
from unit.reports.upload_story import AT

from rollbook.common.database import reading
from rollbook.reports.adapters import newest
from rollbook.reports.adapters.tables import upload
from rollbook.reports.adapters.uploads import SqlUploads
from rollbook.reports.ports import Filters

PERSONS = (("p1", "Élodie Öz"), ("p2", "Pat Admin"), ("élodie öz", "Nobody"), ("p4", "Quote\" O'Neil"))
SCHOOLS = ("001", "7", "002")


def told(world, *, count, seed):
    """So many uploads as they are kept, with what a plain search needs of each."""
    chance, plain = random.Random(seed), []  # noqa: S311  (which uploads there are, not a secret)
    with world.engine.begin() as connection:
        uploads = SqlUploads(connection)
        for number in range(count):
            upload_id, at = f"U{number}", AT + dt.timedelta(hours=chance.randrange(count // 2))
            sub, name = chance.choice(PERSONS)
            facts = {
                "district_id": chance.choice(["d1", "d2", "d3"]),
                "kind": chance.choice(["users", "demographics"]),
                "status": chance.choice(["completed", "failed"]),
            }
            schools = sorted(chance.sample(SCHOOLS, chance.randrange(3)))
            uploads.lock(upload_id, facts["district_id"])
            file = f"Fall-{number}%.csv"
            shown = {"file_name": file, "uploaded_by": sub, "uploaded_by_name": name, "uploaded_at": at}
            uploads.describe(upload_id, {**shown, "kind": facts["kind"]})
            uploads.set_status(upload_id, facts["status"], at)
            uploads.name_schools(upload_id, schools)
            texts = [text.lower() for text in (file, name, sub, upload_id, *schools)]
            plain.append((at, upload_id, {**facts, "schools": schools, "texts": texts}))
    return sorted(plain, reverse=True)


def wanted(plain, filters, after):
    def fits(at, of):
        text = filters.text.lower()
        holds = str.__contains__ if len(text) > 2 else str.startswith
        return (
            (filters.districts is None or of["district_id"] in filters.districts)
            and (filters.since is None or at >= filters.since)
            and (filters.until is None or at < filters.until)
            and (not filters.school_id or filters.school_id in of["schools"])
            and (not filters.uploaded_by or filters.uploaded_by.lower() in of["texts"][1:3])
            and (not filters.status or filters.status == of["status"])
            and (not filters.kind or filters.kind == of["kind"])
            and (not text or any(holds(one, text) for one in of["texts"]))
        )

    return [name for at, name, of in plain if fits(at, of) and (after is None or (at, name) < after)]


@pytest.mark.parametrize("short", [3, 20, 5_000])
def test_every_filter_gives_what_a_look_at_every_upload_gives(world, monkeypatch, short):
    monkeypatch.setattr(newest, "SHORT", short)
    monkeypatch.setattr(newest, "SAMPLE", 2)
    plain = told(world, count=60, seed=1)
    middle = plain[30][:2]
    choices = {
        "districts": [None, ("d1",), ("d1", "d3"), ("nowhere",)],
        "since": [None, AT + dt.timedelta(hours=8)],
        "school_id": ["", "7", "0"],
        "uploaded_by": ["", "p1", "ÉLODIE ÖZ", "elodie"],
        "status": ["", "failed", "held"],
        "kind": ["", "demographics"],
        "text": ["", "fall-1", "ALL-", "pat admin", "öz", "7", "u5", "l-2", "%", "\" o'", "zebra", "at\n\np"],
    }
    every = list(itertools.product(*choices.values()))
    chance = random.Random(short)  # noqa: S311
    with reading(world.engine) as connection:
        for values in chance.sample(every, 250):
            filters = Filters(**dict(zip(choices, values, strict=True)))
            for after in (None, middle):
                rows = newest.newest(connection, filters, after, 5)
                assert [row.upload_id for row in rows] == wanted(plain, filters, after)[:5], (filters, after)


ODD = '100%_sure\\ \'née "öz-12 -- ad" 学校名簿 aaaaaaaa'
LONG = " ".join(map(str, range(100, 160)))


@pytest.mark.parametrize(
    "text",
    [
        "%_s", "100%_", "_sure\\", "\\ '", "'née", '"öz', "z-1", "-12", " ad", " -- ", "--", "ad\" 学",
        "校名簿", "aaaaaa", ODD, "0%_sure\\ 'née", "100x_", "100%xs", "aaaaaaaaa",
        f"{ODD}x", ODD[::-1], "long name " * 9, LONG, f"{LONG}!",
    ],
)  # fmt: skip
def test_a_text_is_looked_up_to_the_letter_whatever_its_parts(world, monkeypatch, text):
    monkeypatch.setattr(newest, "SHORT", 2)
    texts = {
        "U10": ODD,
        "U11": "100xxsure",
        "U12": "long name " * 20,
        "U13": "l o n g",
        "U14": "100% -13ad",
        "U15": LONG,
    }
    told(world, count=8, seed=3)
    with world.engine.begin() as connection:
        uploads = SqlUploads(connection)
        for upload_id, name in texts.items():
            uploads.lock(upload_id, "d1")
            shown = {"file_name": name, "uploaded_by": "p2", "uploaded_by_name": "Nobody"}
            uploads.describe(upload_id, {**shown, "uploaded_at": AT - dt.timedelta(days=1), "kind": "users"})
    with reading(world.engine) as connection:
        rows = newest.newest(connection, Filters(None, text=text), None, 50)
    holds = str.__contains__ if len(text) > 2 else str.startswith
    found = {row.upload_id for row in rows} & set(texts)
    assert found == {upload_id for upload_id, name in texts.items() if holds(name, text)}


def test_a_text_that_was_removed_or_changed_is_found_no_more(world, monkeypatch):
    monkeypatch.setattr(newest, "SHORT", 1)
    told(world, count=4, seed=2)
    with world.engine.begin() as connection:
        mine = upload.c.upload_id == "U2"
        connection.execute(upload.update().where(mine).values(search="\n\nspring.csv\n\n"))
        connection.execute(upload.delete().where(upload.c.upload_id == "U1"))
    with reading(world.engine) as connection:
        found = {
            text: [row.upload_id for row in newest.newest(connection, Filters(None, text=text), None, 9)]
            for text in ("fall-2", "spring", "fall-1", "fall-3")
        }
        left = connection.execute(sa.select(sa.func.count()).select_from(upload)).scalar_one()
    assert (found, left) == ({"fall-2": [], "spring": ["U2"], "fall-1": [], "fall-3": ["U3"]}, 3)
