# SPDX-License-Identifier: Apache-2.0
"""Runs upgrade() of one revision without a database, and keeps what it would have done.

Alembic's own Operations and the dialect's own implementation turn op.* into statements; only where a statement would
be executed, it is translated instead. So a hint says what Alembic does, not what the revision's text looks like.
"""

import contextlib
import os
import re
import sys
import traceback
from dataclasses import dataclass, field
from typing import Any, Iterator, List, Optional

import sqlalchemy as sa
from alembic.operations import BatchOperations, Operations
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import TextClause

from .errors import NeedsDatabase, NotDescribed, ToolError
from .offline import Batch, Bind, Context, Unread
from .translate import Hint, hints_of
from .words import Words, table_name

CONDITIONAL = "IF EXISTS and IF NOT EXISTS have no word: the hint speaks as if the statement took effect"
UNKNOWN_METHOD = "the index method has no word, and is left out"


@dataclass
class Operation:
    """One call of op.*, or one statement given to the connection of op.get_bind()."""

    name: str
    line: Optional[int]
    source: Optional[Any] = None
    hints: List[Hint] = field(default_factory=list)
    reason: Optional[str] = None
    remarks: List[str] = field(default_factory=list)


@dataclass
class Recording:
    operations: List[Operation] = field(default_factory=list)
    stopped: Optional[str] = None
    stopped_line: Optional[int] = None

    @property
    def hints(self) -> List[Hint]:
        return [hint for operation in self.operations for hint in operation.hints]


def _snake(operation: Any) -> str:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(operation).__name__.removesuffix("Op")).lower()
    return "execute" if name == "execute_sql" else name


def _table_of(statement: UpdateBase) -> str:
    return table_name(statement.table.name, getattr(statement.table, "schema", None))


def _remarks(hint: Hint, conditional: bool) -> List[str]:
    """What the hint leaves out or says too simply."""
    found = {
        CONDITIONAL: conditional,
        UNKNOWN_METHOD: hint["operation"] == "CreateIndex" and "method" not in hint,
    }
    return [text for text, said in found.items() if said]


class Recorder:
    """Records one revision; make another for the next."""

    def __init__(self, script: Any, config: Any, directory: Any, dialect: str, metadata: Optional[Any] = None):
        self._script = script
        self._file = os.path.abspath(script.path)
        # With a named style of parameters, SQLAlchemy does not double the percent signs of expressions.
        self._dialect = sa.engine.make_url(f"{dialect}://").get_dialect()(paramstyle="named")
        self._words = Words(self._dialect)
        self._recording = Recording()
        self._current: Optional[Operation] = None
        self._new_tables: set = set()
        self._unfilled: set = set()  # new columns without a default that no statement can have filled
        self._asked = False
        self._environment = EnvironmentContext(config, directory)
        opts = {"script": directory, "target_metadata": metadata}
        self._context = Context(self._dialect, opts, self._environment, self._execute)

    def run(self) -> Recording:
        upgrade = getattr(self._script.module, "upgrade", None)
        if upgrade is None:
            raise ToolError(f"{self._script.path} has no upgrade()", "give it one, if only with pass")
        with self._environment, Operations.context(self._context) as operations:
            self._environment._migration_context = self._context
            operations.batch_alter_table = self._batch
            self._record_calls_of(operations)
            try:
                upgrade()
            except NeedsDatabase as error:
                self._stop(error, str(error))
            except Exception as error:
                if not self._asked and not isinstance(error, sa.exc.NoInspectionAvailable):
                    raise ToolError(
                        f"upgrade() of {self._script.path} failed in line {self._line_of(error)}: {error}",
                        f"alembic upgrade --sql {self._script.revision}; the dialect may be another one (--dialect)",
                    ) from error
                self._stop(error, "it asks the database")
        return self._recording

    def _record_calls_of(self, operations: Any) -> None:
        operations.invoke = lambda operation: self._invoke(operations, operation)
        operations.get_bind = self._get_bind

    def _get_bind(self) -> Bind:
        self._asked = True
        return self._context.connection

    @contextlib.contextmanager
    def _batch(self, table_name: str, schema: Optional[str] = None, recreate: str = "auto", **_: Any) -> Iterator[Any]:
        # On these engines Alembic copies a table only when it is told to.
        table = Batch(self._context.impl, table_name, schema, copies=recreate == "always")
        batch = BatchOperations(self._context, impl=table)
        self._record_calls_of(batch)
        yield batch

    def _invoke(self, operations: Any, operation: Any) -> Any:
        if self._current is not None:  # an operation made of others
            return type(operations).invoke(operations, operation)
        with self._operation(_snake(operation), operation):
            if getattr(operations.impl, "copies", False):
                raise NotDescribed(f"recreate='always' copies the table {operations.impl.table_name}")
            return type(operations).invoke(operations, operation)

    @contextlib.contextmanager
    def _operation(self, name: str, source: Optional[Any]) -> Iterator[None]:
        self._current = Operation(name, self._line(), source)
        self._recording.operations.append(self._current)
        try:
            yield
        except NotDescribed as error:
            self._current.reason = str(error)
            self._unfilled.clear()
        finally:
            self._current = None

    def _execute(self, statement: Any) -> Unread:
        if self._current is None:
            with self._operation("execute", None):
                self._record(statement)
        else:
            self._record(statement)
        return Unread()

    def _record(self, statement: Any) -> None:
        current = self._current
        if isinstance(statement, (str, TextClause)) and str(statement).strip(" ;\n").upper() == "COMMIT":
            self._context.leave_transaction()
            return
        if isinstance(statement, UpdateBase) and _table_of(statement) in self._new_tables:
            return
        try:
            hints = hints_of(statement, self._words, current.source)
        except NotDescribed as error:
            current.reason = current.reason or str(error)
            self._unfilled.clear()
            return
        conditional = getattr(statement, "if_exists", False) or getattr(statement, "if_not_exists", False)
        for hint in hints:
            if self._is_about_new_table(hint, statement, conditional):
                continue
            current.remarks += [text for text in _remarks(hint, conditional) if text not in current.remarks]
            self._add(current, hint)

    def _is_about_new_table(self, hint: Hint, statement: Any, conditional: bool) -> bool:
        table, operation = hint["table"], hint["operation"]
        if operation == "CreateTable":
            if not conditional:
                self._new_tables.add(table)
            return False
        if table not in self._new_tables:
            return False
        if operation in ("DropTable", "RenameTable"):
            self._new_tables.discard(table)
        if operation == "RenameTable":
            self._new_tables.add(table_name(hint["newName"], statement.schema))
        return True

    def _is_unfilled(self, hint: Hint) -> bool:
        """Whether the hint makes a column NOT NULL that this revision has added and surely leaves NULL in every row."""
        column = hint.get("column", {})
        key = (hint["table"], column.get("name"))
        if hint["operation"] == "AddColumn" and column.get("default") == "None":
            self._unfilled.add(key)
        return hint["operation"] == "AlterColumn" and column.get("nullable") is False and key in self._unfilled

    def _add(self, operation: Operation, hint: Hint) -> None:
        last = operation.hints[-1] if operation.hints else {}
        alters = hint["operation"] == "AlterColumn" == last.get("operation")
        unfilled = {"rowsPrepared": False} if self._is_unfilled(hint) else {}
        if alters and hint["table"] == last["table"] and hint["column"]["name"] == last["column"]["name"]:
            last["column"].update(hint["column"])
            last.update(unfilled)
            return
        hint = {**hint, **unfilled}
        transaction = self._context.transaction()
        operation.hints.append({**hint, "transaction": transaction} if transaction else hint)

    def _stop(self, error: BaseException, why: str) -> None:
        self._recording.stopped = why
        self._recording.stopped_line = self._line_of(error)

    def _line(self) -> Optional[int]:
        frame = sys._getframe()
        while frame is not None and os.path.abspath(frame.f_code.co_filename) != self._file:
            frame = frame.f_back
        return frame.f_lineno if frame is not None else None

    def _line_of(self, error: BaseException) -> Optional[int]:
        frames = traceback.walk_tb(error.__traceback__)
        lines = [line for frame, line in frames if os.path.abspath(frame.f_code.co_filename) == self._file]
        return lines[-1] if lines else None
