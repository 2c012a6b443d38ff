# SPDX-License-Identifier: Apache-2.0
"""Fill image.pixels from image.resolution."""

import sqlalchemy as sa
from alembic import op

revision = "18164444da4b"
down_revision = "a8342a5f44a6"

LAST_ID = "SELECT max(id) FROM image"
LEFT = "SELECT count(*) FROM image WHERE pixels IS NULL"
FILL = """
    UPDATE image
       SET pixels = split_part(resolution, 'x', 1)::bigint * split_part(resolution, 'x', 2)::bigint
     WHERE id > :after AND id <= :upto AND pixels IS NULL
"""


def upgrade():
    left = op.get_bind().execute(sa.text(LEFT)).scalar()
    if left:
        raise RuntimeError(f"{left} rows of image have no pixels; run `migrate shop {revision}`, which fills them")
