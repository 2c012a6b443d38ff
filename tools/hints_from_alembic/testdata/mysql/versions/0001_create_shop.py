# SPDX-License-Identifier: Apache-2.0
"""Create the shop."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("customer", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(40)))
    op.create_table(
        "invoice",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("customer_id", sa.Integer, nullable=False),
        sa.Column("amount", sa.String(20), nullable=False, server_default="0"),
        sa.Column("due", sa.DateTime),
        sa.Column("note", sa.Text),
        sa.Column("paid", sa.Boolean),
    )
    op.create_index("invoice_due_idx", "invoice", ["due"])
    op.create_table("counter", sa.Column("id", sa.Integer, nullable=False), sa.Column("old", sa.Integer))
    op.create_table("stale", sa.Column("id", sa.Integer, primary_key=True))
