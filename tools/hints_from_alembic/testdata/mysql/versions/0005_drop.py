# SPDX-License-Identifier: Apache-2.0
"""Drop and rename."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade():
    op.drop_column("invoice", "thrice")
    op.rename_table("counter", "sequence")
    op.drop_table("stale")
    op.execute("UPDATE invoice SET cents = 1")
