# SPDX-License-Identifier: Apache-2.0
"""Turns the revisions of an Alembic history into DatabaseMigrations with hints. See docs/hints-from-alembic.md."""
