"""Real servers on this machine: RabbitMQ, PostgreSQL and the gateway, for tests, benches and `make up`.

Each is taken from an address in the environment, else from Docker, else it is a private process on free
loopback ports which ends with the process that started it, however that ends.

The package lies under `deploy/local/` and not under `tests/` because running Rollbook on one's own machine
needs the same processes, and nothing that runs may import from the tests.

    with a_rabbitmq() as broker, a_postgresql() as database:
        broker.new_vhost()        # amqp://…/test-1f03…
        database.new_database()   # postgresql+psycopg://…/test_1f03…
"""

from servers.gateway import Gateway, Upstreams
from servers.postgresql import PostgreSQL, PrivatePostgreSQL, a_postgresql
from servers.process import NotOurProcess, ServerDidNotStart
from servers.programs import ProgramMissing
from servers.rabbitmq import PrivateRabbitMQ, RabbitMQ, a_rabbitmq

__all__ = [
    "Gateway",
    "NotOurProcess",
    "PostgreSQL",
    "PrivatePostgreSQL",
    "PrivateRabbitMQ",
    "ProgramMissing",
    "RabbitMQ",
    "ServerDidNotStart",
    "Upstreams",
    "a_postgresql",
    "a_rabbitmq",
]
