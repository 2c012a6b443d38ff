# SPDX-License-Identifier: Apache-2.0
"""Index invoice.cents; InnoDB builds it while the table is written."""

import sqlalchemy as sa
from alembic import op

revision = "5c6c9c750aaf"
down_revision = "87f1ef11aa92"


def upgrade():
    if "invoice_cents_idx" not in {index["name"] for index in sa.inspect(op.get_bind()).get_indexes("invoice")}:
        op.create_index("invoice_cents_idx", "invoice", ["cents"])
