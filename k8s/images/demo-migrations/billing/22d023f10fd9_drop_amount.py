# SPDX-License-Identifier: Apache-2.0
"""Drop invoice.amount; only applications up to v2 use it."""

import sqlalchemy as sa
from alembic import op

revision = "22d023f10fd9"
down_revision = "5c6c9c750aaf"


def upgrade():
    if "amount" in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("invoice")}:
        op.drop_column("invoice", "amount")
