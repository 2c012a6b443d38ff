# SPDX-License-Identifier: Apache-2.0
"""Indexes and constraints."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_index("invoice_customer_idx", "invoice", ["customer_id"])
    op.create_index("invoice_note_idx", "invoice", ["note"], mysql_prefix="FULLTEXT", mariadb_prefix="FULLTEXT")
    op.create_index("invoice_token_key", "invoice", ["token"], unique=True, mysql_length=8, mariadb_length=8)
    op.drop_index("invoice_due_idx", table_name="invoice")
    op.create_foreign_key("invoice_customer_fk", "invoice", "customer", ["customer_id"], ["id"], ondelete="CASCADE")
    op.create_unique_constraint("customer_name_key", "customer", ["name"])
    op.create_check_constraint("invoice_cents_check", "invoice", sa.column("cents") < 1000000)
    op.create_primary_key("counter_pk", "counter", ["id"])
    op.drop_constraint("invoice_payer_fk", "invoice", type_="foreignkey")
