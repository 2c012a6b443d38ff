# SPDX-License-Identifier: Apache-2.0
"""Make and drop indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_index("image_name_idx", "image", ["name"])
    op.create_index("image_code_place_key", "image", ["code", "place"], unique=True)
    with op.get_context().autocommit_block():
        op.create_index(
            "image_public_idx",
            "image",
            [sa.text("taken DESC"), "id"],
            postgresql_concurrently=True,
            postgresql_where=sa.text("public AND name LIKE 'a%'"),
        )
        op.drop_index("image_taken_idx", table_name="image", postgresql_concurrently=True)
    op.create_index("image_tags_idx", "image", ["tags"], postgresql_using="gin")
    op.create_index("image_lower_idx", "image", [sa.func.lower(sa.column("name"))])
    op.create_index("log_line_idx", "log", ["line"], schema="audit", postgresql_using="spgist")
    op.create_index("log_id_idx", "log", [sa.column("id").desc()], schema="audit")
    op.create_index("image_owner_idx", "image", ["owner_id"], postgresql_using="bloom")
    op.drop_index("image_old_idx")
