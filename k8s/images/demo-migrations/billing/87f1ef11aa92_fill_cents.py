# SPDX-License-Identifier: Apache-2.0
"""Fill invoice.cents from invoice.amount."""

import sqlalchemy as sa
from alembic import op

revision = "87f1ef11aa92"
down_revision = "787e4bcb2441"

LAST_ID = "SELECT max(id) FROM invoice"
LEFT = "SELECT count(*) FROM invoice WHERE cents IS NULL"
FILL = """
    UPDATE invoice
       SET cents = ROUND(CAST(amount AS DECIMAL(18, 2)) * 100)
     WHERE id > :after AND id <= :upto AND cents IS NULL
"""


def upgrade():
    left = op.get_bind().execute(sa.text(LEFT)).scalar()
    if left:
        raise RuntimeError(f"{left} rows of invoice have no cents; run `migrate billing {revision}`, which fills them")
