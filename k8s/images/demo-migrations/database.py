# SPDX-License-Identifier: Apache-2.0
"""The connection that the operator hands to a migration, and the fence that keeps migrations apart."""

import contextlib
import os
import sys
import time

import sqlalchemy as sa

DRIVERS = {
    "postgresql": "postgresql+psycopg2",
    "postgres": "postgresql+psycopg2",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
}
FENCE_SECONDS = 600
# Any number that nothing else in the database uses as an advisory lock.
FENCE_KEY = 7205759403


def connect():
    """A connection to DBA_OP_CONNECTION_STRING; exits with a remedy when that is missing."""
    text = os.environ.get("DBA_OP_CONNECTION_STRING", "")
    if not text:
        sys.exit("DBA_OP_CONNECTION_STRING is not set; set it to postgresql://… or mysql://…")
    url = sa.engine.make_url(text)
    if url.drivername not in DRIVERS:
        sys.exit(f"the scheme {url.drivername}:// is not known; use one of {', '.join(sorted(DRIVERS))}")
    url = url.set(drivername=DRIVERS[url.drivername])
    if url.drivername.startswith("mysql"):
        # PyMySQL takes no libmysqlclient options from the URL.
        url = url.set(query={"charset": "utf8mb4"})
    # InnoDB's default level would lock the gap after each range of rows, and so the neighbouring worker's first row.
    level = "READ COMMITTED"
    return sa.create_engine(url, poolclass=sa.pool.NullPool, isolation_level=level, future=True).connect()


@contextlib.contextmanager
def fence(connection):
    """Holds a lock of this session until the end, so that no two migrations of one database overlap.

    It is polled, not waited for: a session that waits inside PostgreSQL holds a snapshot, for which the
    CREATE INDEX CONCURRENTLY of the lock's holder would wait in turn.
    """
    postgres = connection.dialect.name == "postgresql"
    take = "SELECT pg_try_advisory_lock(:key)" if postgres else "SELECT GET_LOCK(CONCAT('migrate.', :key), 0)"
    free = "SELECT pg_advisory_unlock(:key)" if postgres else "SELECT RELEASE_LOCK(CONCAT('migrate.', :key))"
    deadline = time.monotonic() + FENCE_SECONDS
    while not _scalar(connection, take):
        if time.monotonic() > deadline:
            sys.exit(f"another migration held the fence for {FENCE_SECONDS} s; look for its session in the database")
        time.sleep(0.2)
    try:
        yield
    finally:
        connection.rollback()
        _scalar(connection, free)


def _scalar(connection, statement):
    with connection.begin():
        return connection.execute(sa.text(statement), {"key": FENCE_KEY}).scalar()
