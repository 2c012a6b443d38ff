# SPDX-License-Identifier: Apache-2.0
"""SQLAlchemy's names, types, expressions and defaults in the words of a hint. What is unknown is left out."""

import re
from typing import Any, Dict, Optional

import sqlalchemy as sa
from sqlalchemy.sql.functions import FunctionElement

# Evaluated once by ALTER TABLE: not volatile (PostgreSQL 18 manual, "Function Volatility Categories" and the tables of
# "Date/Time Functions and Operators" and "System Information Functions").
POSTGRESQL_STABLE = frozenset(
    "now current_timestamp current_date current_time localtime localtimestamp transaction_timestamp "
    "statement_timestamp current_user session_user current_database current_schema".split()
)
# Evaluated for each row (the same manual, and its module uuid-ossp). next_value is SQLAlchemy's name of nextval.
POSTGRESQL_VOLATILE = frozenset(
    "random clock_timestamp timeofday gen_random_uuid uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v1mc "
    "uuid_generate_v4 nextval next_value".split()
)
# What the CRD of DatabaseMigration takes.
LONGEST_TYPE, LONGEST_EXPRESSION = 255, 1024
# A number, a keyword or a string without backslashes; on PostgreSQL also cast to a named type.
LITERAL = re.compile(
    r"(?:[-+]?\d+(?:\.\d+)?|true|false|'(?:[^'\\]|'')*')"
    r"(?:::[\w .\"]+(?:\(\d+(?:, ?\d+)?\))?(?:\[\])?)?",
    re.I,
)


def _part(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if "." in name or '"' in name else name


def _one_line(text: str) -> str:
    """Without line breaks and indentation, unless there is a string in which they may count."""
    return text.strip() if "'" in text or '"' in text else " ".join(text.split())


def _plain_type(part: "re.Match[str]") -> str:
    text = part[0]
    return text if text[0] in "'\"" else text.lower().replace(", ", ",")


def _counts_up(column: sa.Column) -> bool:
    """Whether SQLAlchemy writes SERIAL or AUTO_INCREMENT for the column."""
    key = column.table.primary_key if column.table is not None else None
    counting = getattr(key, "_autoincrement_column", None)  # Table.autoincrement_column came with SQLAlchemy 2.0
    defaults = (column.default, column.server_default, column.identity, column.computed)
    return column is counting and all(default is None for default in defaults)


def table_name(name: str, schema: Optional[str] = None) -> str:
    """The table as hints write it: a name with a dot in it is quoted, since a dot parts schema and table."""
    return f"{_part(schema)}.{_part(name)}" if schema else _part(str(name))


class Words:
    """Speaks for one SQLAlchemy dialect."""

    def __init__(self, dialect: Any):
        self.dialect = dialect
        self.postgresql = dialect.name == "postgresql"
        self.mysql = dialect.name == "mysql"

    def type(self, type_: Any) -> Optional[str]:
        """As SQL writes it, in lower case but for what is quoted."""
        try:
            text = sa.types.to_instance(type_).compile(dialect=self.dialect)
        except Exception:  # the dialect has no such type, or it lacks a length
            return None
        if text == "NULL" or len(text) > LONGEST_TYPE:  # NULL: a type that the revision does not tell
            return None
        return re.sub(r"'[^']*'|\"[^\"]*\"|[^'\"]+", _plain_type, text)

    def expression(self, element: Any) -> Optional[str]:
        """As SQL writes it; None for what is too long for a hint or has no SQL."""
        text = element
        if not isinstance(element, str):
            try:
                compiler = self.dialect.ddl_compiler(self.dialect, None).sql_compiler
                text = compiler.process(element, include_table=False, literal_binds=True)
            except Exception:  # a bind parameter without a value, or a literal that has no SQL form
                return None
        text = _one_line(text)
        return text if len(text) <= LONGEST_EXPRESSION else None

    def default(self, default: Any) -> Dict[str, Any]:
        """The words for a server default, which is None, text, an expression, Identity, Computed or FetchedValue."""
        if default is None:
            return {"default": "None"}
        if isinstance(default, sa.Identity):
            return {"default": "Identity"}
        if isinstance(default, sa.Computed):
            return {"default": "Generated", **self._generated(default)}
        column = sa.Column("x", sa.Integer, server_default=default)
        argument = getattr(column.server_default, "arg", None)
        if argument is None:  # FetchedValue: something outside of this revision sets it
            return {}
        try:
            compiler = self.dialect.ddl_compiler(self.dialect, None)
            text = _one_line(compiler.get_column_default_string(column))
        except Exception:
            return {}
        return self._classified(argument, text)

    def _classified(self, argument: Any, text: str) -> Dict[str, Any]:
        if text.upper() == "NULL":
            return {"default": "None"}
        words = {"defaultExpression": text} if len(text) <= LONGEST_EXPRESSION else {}
        if isinstance(argument, str) or LITERAL.fullmatch(text):
            return {"default": "Constant", **words}
        if self.postgresql and isinstance(argument, FunctionElement):
            name = str(getattr(argument, "name", "")).lower()
            if name in POSTGRESQL_STABLE:
                return {"default": "Constant", **words}
            if name in POSTGRESQL_VOLATILE:
                return {"default": "Volatile", **words}
        return words

    def _generated(self, computed: sa.Computed) -> Dict[str, str]:
        if computed.persisted is not None:
            return {"generated": "Stored" if computed.persisted else "Virtual"}
        if not self.postgresql:
            return {"generated": "Virtual"}
        # SQLAlchemy writes STORED, but from 2.1 on only for servers before PostgreSQL 18, where virtual is the default.
        return {} if hasattr(self.dialect, "supports_virtual_generated_columns") else {"generated": "Stored"}

    def column(self, column: sa.Column) -> Dict[str, Any]:
        """A column that is added, as part of a table."""
        words: Dict[str, Any] = {"name": str(column.name)}
        if (type_ := self.type(column.type)) is not None:
            words["type"] = type_
        words["nullable"] = bool(column.nullable)
        if _counts_up(column):
            words["autoIncrement"] = True
            words["default"] = "Volatile" if self.postgresql else "None"
        else:
            words.update(self.default(column.server_default))
        checks = [c for c in column.constraints if isinstance(c, sa.CheckConstraint)]
        if checks and (check := self.expression(checks[0].sqltext)) is not None:
            words["check"] = check
        if not self.postgresql:
            words["position"] = "Last"
        return words
