# SPDX-License-Identifier: Apache-2.0
"""Runs the revisions on the connection that `migrate` made, or on one of its own for the plain alembic command."""

from alembic import context

import database


def run(connection):
    # One transaction per revision: CREATE INDEX CONCURRENTLY has to leave its transaction, and only its own.
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


shared = context.config.attributes.get("connection")
if shared is not None:
    run(shared)
else:
    with database.connect() as own, database.fence(own):
        run(own)
