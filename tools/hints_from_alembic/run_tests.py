# SPDX-License-Identifier: Apache-2.0
"""Runs the tests; ./test calls it."""

import importlib
import pathlib
import sys
import textwrap
import traceback

import alembic
import sqlalchemy as sa


def main() -> int:
    print(f"Alembic {alembic.__version__}, SQLAlchemy {sa.__version__}")
    passed = failed = 0
    for file in sorted(pathlib.Path(__file__).parent.glob("*_test.py")):
        module = importlib.import_module(f"hints_from_alembic.{file.stem}")
        for name, test in vars(module).items():
            if not name.startswith("test_"):
                continue
            what = f"{file.stem[:-5]}: {name[5:].replace('_', ' ')}"
            try:
                test()
                passed += 1
                print(f"ok      {what}")
            except Exception:
                failed += 1
                print(f"FAILED  {what}\n{textwrap.indent(traceback.format_exc(), '        ')}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
