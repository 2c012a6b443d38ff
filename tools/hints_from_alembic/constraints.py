# SPDX-License-Identifier: Apache-2.0
"""SQLAlchemy's constraints in the words of a hint."""

from typing import Any, Dict, Optional

from sqlalchemy import schema
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from .errors import NotDescribed
from .words import Words, table_name

TYPES = {
    schema.ForeignKeyConstraint: "ForeignKey",
    schema.PrimaryKeyConstraint: "PrimaryKey",
    schema.UniqueConstraint: "Unique",
    ExcludeConstraint: "Exclusion",
    schema.CheckConstraint: "Check",
}


def _type(constraint: Any) -> Optional[str]:
    return next((word for kind, word in TYPES.items() if isinstance(constraint, kind)), None)


def drop_words(constraint: Any) -> Dict[str, Any]:
    if not isinstance(constraint.name, str):
        raise NotDescribed("the constraint has no name here; the naming convention may know it (--metadata)")
    return {"name": str(constraint.name), "type": _type(constraint)}


def constraint_words(constraint: Any, words: Words) -> Dict[str, Any]:
    """The words of a constraint that is added."""
    type_ = _type(constraint)
    if type_ is None:
        raise NotDescribed(f"no hint can say what a {type(constraint).__name__} does")
    # Without a name the database makes one up.
    said: Dict[str, Any] = {"name": str(constraint.name) if isinstance(constraint.name, str) else None, "type": type_}
    options = constraint.dialect_kwargs
    if type_ == "Check":
        said["check"] = words.expression(constraint.sqltext)
        if words.mysql:
            said["notEnforced"] = False  # SQLAlchemy cannot write NOT ENFORCED
    elif type_ != "Exclusion":
        said["columns"] = [str(column.name) for column in constraint.columns]
    if type_ == "ForeignKey":
        said["references"] = _references(constraint)
    if words.postgresql and type_ in ("Check", "ForeignKey"):
        said["notValid"] = bool(options.get("postgresql_not_valid"))
    if words.postgresql and type_ == "Unique":
        said["nullsNotDistinct"] = bool(options.get("postgresql_nulls_not_distinct"))
    return said


def _references(constraint: schema.ForeignKeyConstraint) -> Dict[str, Any]:
    # Alembic makes a Table for what is referred to, with the columns that are named.
    columns = [element.column for element in constraint.elements]
    parent = columns[0].table
    return {"table": table_name(parent.name, parent.schema), "columns": [str(column.name) for column in columns]}
