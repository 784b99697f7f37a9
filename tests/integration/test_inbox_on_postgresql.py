"""The inbox knows on PostgreSQL, too, what it has seen before."""

from rollbook.common.database import open_engine, upgrade
from rollbook.common.unit_of_work import UnitOfWork


def test_a_message_is_new_once_for_each_queue(database_url):
    engine = open_engine(database_url)
    upgrade(engine, "rollbook.validator")
    with UnitOfWork(engine) as uow:
        seen = [uow.inbox.first_time(queue, "1") for queue in ("a", "a", "b")]
    engine.dispose()
    assert seen == [True, False, True]
