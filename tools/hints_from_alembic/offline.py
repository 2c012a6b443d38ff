# SPDX-License-Identifier: Apache-2.0
"""What a revision is given in place of a connection and of Alembic's context of one."""

import contextlib
from typing import Any, Dict, Iterator, Optional

from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine.mock import MockConnection

from .errors import NeedsDatabase


class Unread:
    """The result of a statement that was not executed."""

    def __getattr__(self, name: str) -> Any:
        raise NeedsDatabase("it reads the result of a statement")

    def __iter__(self) -> Any:
        raise NeedsDatabase("it reads the result of a statement")


class Bind(MockConnection):
    """What op.get_bind() gives: it takes statements, and has no answers."""

    def __init__(self, dialect: Any, execute: Any):
        super().__init__(dialect, lambda statement, *_, **__: execute(statement))
        self.exec_driver_sql = self.execute

    def scalar(self, *_: Any, **__: Any) -> Any:
        raise NeedsDatabase("it reads the result of a statement")

    scalars = scalar

    @contextlib.contextmanager
    def begin(self) -> Iterator["Bind"]:
        yield self

    begin_nested = begin

    def __enter__(self) -> "Bind":
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NeedsDatabase(f"it uses {name} of the connection")


class Context(MigrationContext):
    """Keeps track of which operations share a transaction, instead of making one."""

    def __init__(self, dialect: Any, opts: Dict[str, Any], environment: Any, execute: Any):
        super().__init__(dialect, None, opts, environment)
        self.connection = self.impl.connection = Bind(dialect, execute)
        self.impl._exec = lambda statement, *_, **__: execute(statement)
        self._shared = self.impl.transactional_ddl
        self._count, self._used = 1, False

    def transaction(self) -> Optional[str]:
        """The name of the transaction that is open now, or None when each statement is on its own."""
        self._used = self._used or self._shared
        return f"t{self._count}" if self._shared else None

    def leave_transaction(self) -> None:
        self._count, self._used, self._shared = self._count + self._used, False, False

    @contextlib.contextmanager
    def autocommit_block(self) -> Iterator[None]:
        before = self._shared
        self.leave_transaction()
        try:
            yield
        finally:
            self._shared = before

    def begin_transaction(self, *_: Any, **__: Any) -> Any:
        return contextlib.nullcontext()


class Batch:
    """The table of a batch_alter_table; the rest is the implementation's."""

    def __init__(self, impl: Any, table: str, schema: Optional[str], copies: bool):
        self.impl, self.table_name, self.schema, self.copies = impl, table, schema, copies

    def __getattr__(self, name: str) -> Any:
        return getattr(self.impl, name)
