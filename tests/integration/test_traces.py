"""One trace leads from a request through all services to the report."""

import pytest
import sqlalchemy as sa
from integration.whole_rollbook import users_csv

from rollbook.common.contracts.events import ReportReady
from rollbook.common.outbox.tables import outbox

pytestmark = pytest.mark.parametrize("rollbook", ["sqlite"], indirect=True, scope="module")
"""Nothing here depends on the database."""

FILE = users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className
    001,      student,  s1,     Ana, ,    ana@d1.example.org,   07, c1, Maths
""")
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_what_all_services_tell_of_an_upload_is_of_the_trace_of_who_sent_it(rollbook, d1):
    upload = d1.ok(
        "POST", "/uploads", data=FILE, content_type="text/csv",
        headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"},
    )  # fmt: skip
    told = {}
    for service in rollbook.services:
        with service.engine.connect() as connection:
            query = sa.select(outbox.c.type, outbox.c.headers).where(outbox.c.subject == upload["id"])
            told |= {kind: headers["traceparent"].split("-") for kind, headers in connection.execute(query)}
    assert ReportReady.TYPE in told
    assert {span[1] for span in told.values()} == {TRACE}
    assert {span[3] for span in told.values()} == {"01"}
