# SPDX-License-Identifier: Apache-2.0
"""Add invoice.cents, to take the place of the text in invoice.amount."""

import sqlalchemy as sa
from alembic import op

revision = "787e4bcb2441"
down_revision = None


def upgrade():
    # MariaDB commits DDL at once: an attempt that was cut off may have left the column without the revision.
    if "cents" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("invoice")}:
        op.add_column("invoice", sa.Column("cents", sa.BigInteger, nullable=True))
