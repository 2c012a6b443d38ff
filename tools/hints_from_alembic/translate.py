# SPDX-License-Identifier: Apache-2.0
"""Statements as Alembic and SQLAlchemy build them, before they become SQL, as hints.

hints_of() gives the hints of one statement: none when it neither locks a table for long nor changes one. It raises
NotDescribed where no hint can say what the statement does.
"""

from functools import singledispatch
from typing import Any, Dict, List, Optional

from alembic.ddl import base, mysql, postgresql
from alembic.operations.ops import AlterColumnOp
from sqlalchemy import schema
from sqlalchemy.dialects.postgresql import CreateEnumType
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ColumnClause, UnaryExpression

from .constraints import constraint_words, drop_words
from .errors import NotDescribed
from .words import Words, table_name

Hint = Dict[str, Any]
# Of a statement that changes nothing that a hint could speak of.
QUIET = (
    CreateEnumType,
    base.ColumnComment,
    schema.CreateSchema,
    schema.CreateSequence,
    schema.DropTableComment,
    schema.SetColumnComment,
    schema.SetTableComment,
)
METHODS = {
    "btree": "BTree",
    "hash": "Hash",
    "gin": "Gin",
    "gist": "Gist",
    "brin": "Brin",
    "spgist": "SpGist",
    "fulltext": "FullText",
    "spatial": "Spatial",
}


def hints_of(statement: Any, words: Words, operation: Optional[Any]) -> List[Hint]:
    """operation: the MigrateOperation that the statement comes from, or None for one given to execute()."""
    if isinstance(statement, QUIET):
        return []
    return _translate(statement, words, operation)


def _hint(operation: str, table: str, **words: Any) -> Hint:
    return {"operation": operation, "table": table, **{k: v for k, v in words.items() if v is not None and v != []}}


def _of(item: Any) -> str:
    return table_name(item.table.name, item.table.schema)


@singledispatch
def _translate(statement: Any, words: Words, operation: Optional[Any]) -> List[Hint]:
    if isinstance(statement, schema.DDLElement):
        raise NotDescribed(f"no hint can say what {type(statement).__name__} does")
    raise NotDescribed("the text of SQL is not read")


@_translate.register(UpdateBase)
def _(statement, words, operation):
    table = table_name(statement.table.name, getattr(statement.table, "schema", None))
    raise NotDescribed(f"no hint can say that rows of {table} change")


@_translate.register(base.AddColumn)
def _(statement, words, operation):
    table = table_name(statement.table_name, statement.schema)
    column = words.column(statement.column)
    keys = list(statement.column.foreign_keys)
    if getattr(statement, "inline_references", False) and len(keys) == 1:
        column["references"] = constraint_words(keys[0].constraint, words)["references"]
    hints = [_hint("AddColumn", table, column=column)]
    if getattr(statement, "inline_primary_key", False) and statement.column.primary_key:
        hints.append(_hint("AddConstraint", table, type="PrimaryKey", columns=[column["name"]]))
    return hints


@_translate.register(base.DropColumn)
def _(statement, words, operation):
    table = table_name(statement.table_name, statement.schema)
    return [_hint("DropColumn", table, column={"name": str(statement.column.name)})]


@_translate.register(base.RenameTable)
def _(statement, words, operation):
    table = table_name(statement.table_name, statement.schema)
    return [_hint("RenameTable", table, newName=str(statement.new_table_name))]


def _alter(statement: Any, using: Optional[str] = None, **changes: Any) -> List[Hint]:
    table = table_name(statement.table_name, statement.schema)
    column = {"name": str(statement.column_name), **{k: v for k, v in changes.items() if v is not None}}
    return [_hint("AlterColumn", table, column=column, using=using)]


@_translate.register(base.ColumnNullable)
def _(statement, words, operation):
    return _alter(statement, nullable=bool(statement.nullable))


@_translate.register(base.ColumnType)
def _(statement, words, operation):
    return _alter(statement, type=words.type(statement.type_))


@_translate.register(postgresql.PostgresqlColumnType)
def _(statement, words, operation):
    using = None if statement.using is None else words.expression(statement.using)
    return _alter(statement, using=using, type=words.type(statement.type_))


@_translate.register(base.ColumnDefault)
@_translate.register(base.ComputedColumnDefault)
@_translate.register(base.IdentityColumnDefault)
@_translate.register(mysql.MySQLAlterDefault)
def _(statement, words, operation):
    return _alter(statement, **words.default(statement.default))


@_translate.register(base.ColumnName)
def _(statement, words, operation):
    table = table_name(statement.table_name, statement.schema)
    return [_hint("RenameColumn", table, column={"name": str(statement.column_name)}, newName=str(statement.newname))]


@_translate.register(mysql.MySQLChangeColumn)
def _(statement, words, operation):
    """CHANGE and MODIFY state the whole column. What the revision does not repeat of it is lost, and so a change."""
    known = operation if isinstance(operation, AlterColumnOp) else None
    changes: Dict[str, Any] = {}
    if known is None or known.modify_type is not None:
        changes["type"] = words.type(statement.type_)
    if known is None or known.modify_nullable is not None or known.existing_nullable is None:
        changes["nullable"] = bool(statement.nullable)
    if known is None or known.modify_server_default is not False or known.existing_server_default is False:
        changes.update(words.default(statement.default or None))
    if statement.autoincrement is not None and (known is None or known.kw.get("autoincrement") is not None):
        changes["autoIncrement"] = bool(statement.autoincrement)
    hints = _alter(statement, **changes) if changes else []
    if statement.newname != statement.column_name:
        table = table_name(statement.table_name, statement.schema)
        name = {"name": str(statement.column_name)}
        hints.append(_hint("RenameColumn", table, column=name, newName=str(statement.newname)))
    return hints


@_translate.register(schema.CreateTable)
def _(statement, words, operation):
    return [_hint("CreateTable", table_name(statement.element.name, statement.element.schema))]


@_translate.register(schema.DropTable)
def _(statement, words, operation):
    return [_hint("DropTable", table_name(statement.element.name, statement.element.schema))]


@_translate.register(schema.CreateIndex)
def _(statement, words, operation):
    index = statement.element
    columns, expressions = [], []
    for item in index.expressions:
        bare = item
        while isinstance(bare, UnaryExpression) and bare.modifier is not None:  # DESC, NULLS FIRST
            bare = bare.element
        if isinstance(bare, ColumnClause) and not bare.is_literal:
            columns.append(str(bare.name))
            continue
        text = words.expression(item)
        if text is None:
            raise NotDescribed("an expression of the index is too long for a hint, or has no SQL")
        expressions.append(text)
    options = index.dialect_kwargs
    name = words.dialect.name
    prefix = "" if words.postgresql else str(options.get(f"{name}_prefix") or "").lower()
    where = options.get("postgresql_where") if words.postgresql else None
    unique = bool(index.unique) or prefix == "unique"
    if unique and options.get(f"{name}_length") and not words.postgresql:
        raise NotDescribed("no hint can say that what a column begins with is unique")
    hint = _hint(
        "CreateIndex",
        _of(index),
        name=index.name and str(index.name),
        columns=columns,
        expressions=expressions,
        where=None if where is None else words.expression(where),
        unique=unique,
        method=METHODS.get(prefix if prefix in ("fulltext", "spatial") else _using(options, name)),
    )
    if words.postgresql:
        hint["concurrently"] = bool(options.get("postgresql_concurrently"))
        if hint["unique"]:
            hint["nullsNotDistinct"] = bool(options.get("postgresql_nulls_not_distinct"))
    return [hint]


def _using(options: Any, dialect: str) -> str:
    return str(options.get(f"{dialect}_using") or options.get("mysql_using") or "btree").lower()


@_translate.register(schema.DropIndex)
def _(statement, words, operation):
    index = statement.element
    if operation is not None and getattr(operation, "table_name", "") is None:
        raise NotDescribed("drop_index does not name the table; give it table_name")
    hint = _hint("DropIndex", _of(index), name=str(index.name))
    if words.postgresql:
        hint["concurrently"] = bool(index.dialect_kwargs.get("postgresql_concurrently"))
    return [hint]


@_translate.register(schema.AddConstraint)
def _(statement, words, operation):
    return [_hint("AddConstraint", _of(statement.element), **constraint_words(statement.element, words))]


@_translate.register(schema.DropConstraint)
def _(statement, words, operation):
    return [_hint("DropConstraint", _of(statement.element), **drop_words(statement.element))]
