# SPDX-License-Identifier: Apache-2.0
"""Add columns, with every kind of default."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("image", sa.Column("pixels", sa.BigInteger, nullable=True))
    op.add_column("image", sa.Column("stars", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.add_column("image", sa.Column("place", sa.String(80), nullable=False, server_default="it's unknown"))
    op.add_column("image", sa.Column("added", sa.DateTime, nullable=False, server_default=sa.func.now()))
    op.add_column("image", sa.Column("token", postgresql.UUID, server_default=sa.func.gen_random_uuid()))
    op.add_column("image", sa.Column("seen", sa.DateTime, server_default=sa.text("clock_timestamp()")))
    op.add_column("image", sa.Column("extra", postgresql.JSONB, server_default=sa.text("'{}'::jsonb")))
    op.add_column("image", sa.Column("number", sa.Integer, sa.Identity(always=True)))
    op.add_column("image", sa.Column("double", sa.Integer, sa.Computed("stars * 2", persisted=True)))
    op.add_column("image", sa.Column("nothing", sa.Integer, server_default=sa.text("NULL")))
    op.add_column("image", sa.Column("trigger", sa.Integer, server_default=sa.FetchedValue()))
    op.add_column("image", sa.Column("public", sa.Boolean(name="image_public", create_constraint=True)))
    op.add_column("image", sa.Column("code", sa.String(12), unique=True))
    op.add_column("image", sa.Column("camera", sa.Integer, index=True, comment="which one"))
    op.add_column("image", sa.Column("editor_id", sa.Integer, sa.ForeignKey("owner.id", name="image_editor_fkey")))
    op.add_column("image", sa.Column("share", sa.Numeric(5, 2), sa.CheckConstraint("share <= 100")))
    op.add_column("log", sa.Column("serial", sa.Integer, primary_key=True), schema="audit")
    op.add_column("Camera.Model", sa.Column("Länge", sa.Enum("A", "b", name="owner_rank", native_enum=False)))
    op.add_column("image", sa.Column("words", postgresql.ARRAY(sa.Text), nullable=False))
