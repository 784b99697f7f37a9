"""The bare script that Rollbook is measured against: COPY to a staging table, three INSERT … ON CONFLICT.

It does what an import cannot do without, for the same columns as the file, in one transaction; it finds no
mistake, tells nobody what will change, and keeps no report.
"""

import time
from pathlib import Path

import psycopg

TABLES = """
CREATE TABLE person (user_id text PRIMARY KEY, school_id text, role text, first text, last text, email text,
                     grade text);
CREATE TABLE class (class_id text PRIMARY KEY, school_id text, name text, grade text);
CREATE TABLE enrollment (user_id text, class_id text, primary_teacher text, PRIMARY KEY (user_id, class_id));
"""
UPSERTS = (
    """INSERT INTO person SELECT DISTINCT ON ("userId") "userId", "schoolId", "userRole", "userFirstName",
       "userLastName", "userEmail", "userGrade" FROM staging
       ON CONFLICT (user_id) DO UPDATE SET school_id = excluded.school_id, role = excluded.role,
       first = excluded.first, last = excluded.last, email = excluded.email, grade = excluded.grade
       WHERE (person.school_id, person.role, person.first, person.last, person.email, person.grade)
       IS DISTINCT FROM (excluded.school_id, excluded.role, excluded.first, excluded.last, excluded.email,
       excluded.grade)""",
    """INSERT INTO class SELECT DISTINCT ON ("classId") "classId", "schoolId", "className", "classGrade"
       FROM staging ON CONFLICT (class_id) DO UPDATE SET school_id = excluded.school_id,
       name = excluded.name, grade = excluded.grade
       WHERE (class.school_id, class.name, class.grade) IS DISTINCT FROM
       (excluded.school_id, excluded.name, excluded.grade)""",
    """INSERT INTO enrollment SELECT "userId", "classId", "primaryTeacher" FROM staging
       ON CONFLICT (user_id, class_id) DO UPDATE SET primary_teacher = excluded.primary_teacher
       WHERE enrollment.primary_teacher IS DISTINCT FROM excluded.primary_teacher""",
)


def load(database_url: str, file: Path) -> float:
    """Seconds of loading a file into a database, which is empty the first time."""
    started = time.perf_counter()
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        if not connection.execute("SELECT to_regclass('person')").fetchone()[0]:  # type: ignore[index]
            connection.execute(TABLES)
        with file.open("rb") as opened:
            header = opened.readline().decode().strip().split(",")
            columns = ", ".join(f'"{name}" text' for name in header)
            connection.execute(f"CREATE TEMP TABLE staging ({columns}) ON COMMIT DROP")
            with connection.cursor().copy("COPY staging FROM STDIN (FORMAT csv)") as copy:
                while block := opened.read(1 << 20):
                    copy.write(block)
        for statement in UPSERTS:
            connection.execute(statement)
    return time.perf_counter() - started
