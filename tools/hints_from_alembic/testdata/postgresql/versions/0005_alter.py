# SPDX-License-Identifier: Apache-2.0
"""Alter columns."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    op.alter_column("image", "size", type_=sa.Integer, postgresql_using="size::integer")
    op.alter_column("image", "place", type_=sa.Text, existing_type=sa.String(80), nullable=True, server_default=None)
    op.alter_column("image", "taken", nullable=False, new_column_name="taken_at")
    op.alter_column("image", "pixels", server_default="1")
    op.alter_column("image", "seen", server_default=sa.func.clock_timestamp())
    op.alter_column("image", "tags", new_column_name="labels")
    op.alter_column("image", "code", comment="printed on the back")
    op.alter_column("image", "nothing", type_=sa.SmallInteger, existing_type=sa.Integer)
