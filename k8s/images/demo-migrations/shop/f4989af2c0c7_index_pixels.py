# SPDX-License-Identifier: Apache-2.0
"""Index image.pixels without blocking writers."""

from alembic import op

revision = "f4989af2c0c7"
down_revision = "18164444da4b"


def upgrade():
    with op.get_context().autocommit_block():
        # An earlier attempt that was cut off leaves an invalid index of this name (PostgreSQL 15, CREATE INDEX).
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS image_pixels_idx")
        op.create_index("image_pixels_idx", "image", ["pixels"], postgresql_concurrently=True)
