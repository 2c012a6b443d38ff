# SPDX-License-Identifier: Apache-2.0
"""Drop and rename."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade():
    op.drop_column("image", "extra")
    op.rename_table("log", "journal", schema="audit")
    op.drop_constraint("image_camera_fkey", "image", type_="foreignkey")
    op.drop_table("album", schema="audit")
    op.drop_table("Camera.Model")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("COMMIT")
        op.create_index("image_added_idx", "image", ["added"], postgresql_concurrently=True)
    else:
        op.create_index("image_added_idx", "image", ["added"])
