# SPDX-License-Identifier: Apache-2.0
"""Add columns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("invoice", sa.Column("cents", mysql.BIGINT(unsigned=True), nullable=True))
    op.add_column("invoice", sa.Column("state", sa.Enum("Open", "It's paid"), nullable=False, server_default="Open"))
    op.add_column("invoice", sa.Column("made", sa.DateTime, server_default=sa.func.now()))
    op.add_column("invoice", sa.Column("token", sa.String(36), server_default=sa.text("(uuid())")))
    op.add_column("invoice", sa.Column("twice", sa.BigInteger, sa.Computed("cents * 2")))
    op.add_column("invoice", sa.Column("thrice", sa.BigInteger, sa.Computed("cents * 3", persisted=True)))
    op.add_column("invoice", sa.Column("payer_id", sa.Integer, sa.ForeignKey("customer.id", name="invoice_payer_fk")))
    op.add_column("invoice", sa.Column("code", sa.String(12), nullable=False, unique=True))
