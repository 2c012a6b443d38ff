# SPDX-License-Identifier: Apache-2.0
"""Require image.pixels; every application since v2 writes it."""

from alembic import op

revision = "c1b0a7d2e5f3"
down_revision = "32d4e0f9360e"


def upgrade():
    op.alter_column("image", "pixels", nullable=False)
