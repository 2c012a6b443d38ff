# SPDX-License-Identifier: Apache-2.0
"""Create the gallery.

What happens to a table in the revision that creates it disturbs nobody.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade():
    op.execute(sa.schema.CreateSchema("audit"))
    owner = op.create_table(
        "owner",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("login", sa.String(40), nullable=False),
        sa.Column("mail", sa.String(80), nullable=True, index=True),
        sa.Column("rank", sa.Enum("guest", "member", name="owner_rank"), server_default="guest"),
        comment="who pays",
    )
    op.bulk_insert(owner, [{"login": "root"}])
    op.execute(owner.update().values(mail="root@localhost"))
    op.create_unique_constraint("owner_login_key", "owner", ["login"])
    op.create_table(
        "image",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("owner.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("size", sa.String(20)),
        sa.Column("taken", sa.DateTime(timezone=True)),
        sa.Column("stay", postgresql.TSTZRANGE),
        sa.Column("tags", postgresql.JSONB),
    )
    op.create_index("image_taken_idx", "image", ["taken"])
    op.create_index("image_old_idx", "image", ["owner_id"])
    op.create_table("log", sa.Column("id", sa.Integer), sa.Column("line", sa.Text), schema="audit")
    op.create_table("Camera.Model", sa.Column("größe", sa.Integer), sa.Column("Maker", sa.Text))
    op.create_table("tag", sa.Column("id", sa.Integer), sa.Column("name", sa.Text))
    op.create_table("scratch", sa.Column("id", sa.Integer))
    op.rename_table("scratch", "scratch2")
    op.add_column("scratch2", sa.Column("note", sa.Text))
    op.drop_table("scratch2")
