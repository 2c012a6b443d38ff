# SPDX-License-Identifier: Apache-2.0
"""Alter columns.

CHANGE and MODIFY state a column as a whole: what is not repeated of it is lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.alter_column(
        "invoice",
        "amount",
        type_=sa.Numeric(18, 2),
        existing_type=sa.String(20),
        existing_nullable=False,
        existing_server_default="0",
    )
    op.alter_column("invoice", "note", nullable=False, existing_type=sa.Text, existing_server_default=None)
    op.alter_column("invoice", "due", new_column_name="due_at", existing_type=sa.DateTime)
    op.alter_column("invoice", "cents", server_default=sa.text("5"))
    op.alter_column("counter", "id", autoincrement=True, existing_type=sa.Integer, existing_nullable=False)
    with op.batch_alter_table("counter") as batch_op:
        batch_op.add_column(sa.Column("next", sa.Integer))
        batch_op.drop_column("old")
