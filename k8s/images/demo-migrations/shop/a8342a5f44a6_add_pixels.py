# SPDX-License-Identifier: Apache-2.0
"""Add image.pixels, to take the place of the text in image.resolution."""

import sqlalchemy as sa
from alembic import op

revision = "a8342a5f44a6"
down_revision = None


def upgrade():
    op.add_column("image", sa.Column("pixels", sa.BigInteger, nullable=True))
