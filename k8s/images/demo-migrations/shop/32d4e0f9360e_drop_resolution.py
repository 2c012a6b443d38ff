# SPDX-License-Identifier: Apache-2.0
"""Drop image.resolution; only applications up to v2 use it."""

from alembic import op

revision = "32d4e0f9360e"
down_revision = "f4989af2c0c7"


def upgrade():
    op.drop_column("image", "resolution")
