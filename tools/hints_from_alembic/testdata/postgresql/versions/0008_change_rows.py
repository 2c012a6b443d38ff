# SPDX-License-Identifier: Apache-2.0
"""Change rows, and ask the database."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade():
    image = sa.table("image", sa.column("id"), sa.column("stars"))
    connection = op.get_bind()
    postgresql.ENUM("on", "off", name="switch").create(connection, checkfirst=True)
    op.add_column("image", sa.Column("power", postgresql.ENUM(name="switch", create_type=False)))
    op.execute(image.update().values(stars=1))
    op.bulk_insert(sa.table("owner", sa.column("login")), [{"login": "guest"}])
    connection.execute(sa.text("UPDATE image SET pixels = 1"))
    with op.batch_alter_table("tag", recreate="always") as batch_op:
        batch_op.drop_column("name")
    op.execute(
        """
        CREATE INDEX image_pixels_idx ON image (pixels)
        """
    )
    if connection.execute(sa.select(image.c.id)).first() is not None:
        op.drop_column("image", "stars")
