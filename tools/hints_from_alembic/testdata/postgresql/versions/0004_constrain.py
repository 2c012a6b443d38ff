# SPDX-License-Identifier: Apache-2.0
"""Add and drop constraints."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade():
    op.create_check_constraint("image_stars_check", "image", sa.column("stars") >= 0, postgresql_not_valid=True)
    op.create_check_constraint("image_pixels_check", "image", "pixels > 0")
    op.create_foreign_key("image_owner_fkey", "image", "owner", ["owner_id"], ["id"], postgresql_not_valid=True)
    op.create_foreign_key(None, "log", "owner", ["serial"], ["id"], source_schema="audit", referent_schema="public")
    op.create_unique_constraint("image_name_key", "image", ["owner_id", "name"])
    op.create_primary_key("log_pkey", "log", ["serial"], schema="audit")
    op.create_exclude_constraint("image_stay_excl", "image", ("stay", "&&"), using="gist")
    op.drop_constraint("image_pixels_check", "image", type_="check")
    op.drop_constraint("image_editor_fkey", "image")
    op.create_table(
        "album", sa.Column("id", sa.Integer, primary_key=True), sa.Column("cover", postgresql.UUID), schema="audit"
    )
    op.create_foreign_key("album_id_fkey", "album", "image", ["id"], ["id"], source_schema="audit")
    op.create_foreign_key("image_camera_fkey", "image", "album", ["camera"], ["id"], referent_schema="audit")
