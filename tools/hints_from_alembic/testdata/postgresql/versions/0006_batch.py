# SPDX-License-Identifier: Apache-2.0
"""Alter tables in batches."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade():
    with op.batch_alter_table("log", schema="audit") as batch_op:
        batch_op.add_column(sa.Column("level", sa.SmallInteger, nullable=False, server_default="0"))
        batch_op.alter_column("line", nullable=False)
        batch_op.create_index("log_level_idx", ["level"])
        batch_op.create_check_constraint("log_level_check", sa.column("level").between(0, 7))
        batch_op.drop_column("id")
    with op.batch_alter_table("owner") as batch_op:
        batch_op.create_foreign_key("owner_image_fkey", "image", ["id"], ["id"], postgresql_not_valid=True)
        batch_op.drop_constraint("owner_image_fkey", type_="foreignkey")
