# SPDX-License-Identifier: Apache-2.0
"""The command line."""

import argparse
import importlib
import pathlib
import sys
from typing import Any, List, Optional

from .errors import ToolError

DESCRIPTION = "Prints a DatabaseMigration with hints for each revision of an Alembic history, without a database."
EPILOG = """\
It imports the revisions and runs their upgrade(), as Alembic would: use it on
revisions that you would apply. Nothing is executed in a database, and env.py is
not run.

exit status: 0  every operation is described
             3  some are not: see the comments in the output, and stderr
             1  an error, and nothing is printed
             2  wrong arguments

examples:
  hints-from-alembic --revision head --image registry.example.com/shop-migrations:1
  hints-from-alembic --name billing --dialect mysql --revision all >migrations.yaml
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hints-from-alembic",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--config", metavar="FILE", help="alembic.ini (in the current folder)")
    add("--name", metavar="SECTION", default="alembic", help="the section of alembic.ini (alembic)")
    add("--script-location", metavar="DIR", help="the folder of versions/, instead of what alembic.ini says")
    add("--revision", metavar="REV", required=True, help="a revision, head, FROM:TO without FROM, or all")
    add(
        "--dialect",
        choices=["postgresql", "mysql", "mariadb"],
        default="postgresql",
        help="how the URL of env.py begins, so mysql also for mysql:// to a MariaDB (postgresql)",
    )
    add("--image", help="the container's image; without it the object has no container")
    add(
        "--command",
        metavar="WORDS",
        default="alembic upgrade {revision}",
        help="the container's command, or '' for the image's own (%(default)s)",
    )
    add("--namespace", help="the objects' namespace")
    add("--metadata", metavar="MODULE:NAME", help="the MetaData whose naming convention env.py uses")
    add("--version", action="version", version=_version())
    return parser


def _version() -> str:
    file = pathlib.Path(__file__).resolve().parents[2] / "VERSION"
    return f"hints-from-alembic {file.read_text().strip() if file.exists() else 'unknown'}"


def _metadata(name: Optional[str]) -> Optional[Any]:
    if name is None:
        return None
    module, _, path = name.partition(":")
    try:
        found = importlib.import_module(module)
        for part in (path or "metadata").split("."):
            found = getattr(found, part)
    except Exception as error:  # it is the user's code
        raise ToolError(f"--metadata {name}: {error}", "MODULE:NAME, for example shop.models:Base.metadata") from error
    return found


def _describe(arguments: argparse.Namespace) -> List[Any]:
    from .document import Description
    from .history import History
    from .recorder import Recorder

    config = arguments.config
    if config is None and arguments.script_location is None:
        config = "alembic.ini"
    history = History(config, arguments.name, arguments.script_location)
    scripts = history.choose(arguments.revision)
    metadata = _metadata(arguments.metadata)
    found = []
    for script in scripts:
        recorder = Recorder(script, history.config, history.directory, arguments.dialect, metadata)
        found.append((Description(script, recorder.run()), history.previous(script)))
    return found


def _print(arguments: argparse.Namespace, found: List[Any]) -> None:
    from .document import not_described, to_object, to_yaml

    documents = []
    for description, previous in found:
        document = to_object(description, previous, arguments.image, arguments.command, arguments.namespace)
        documents.append(to_yaml(description, document))
    print("---\n".join(documents), end="")
    for description, _ in found:
        if description.remarks():
            summary = description.summary() or "every operation is described"
            if description.recording.stopped is not None:
                summary = description.summary() or "upgrade() could not be followed to its end"
            print(f"{description.script.revision}: {summary}", file=sys.stderr)
            for text in description.remarks():
                print(f"  {text}", file=sys.stderr)
    operations = sum(description.total for description, _ in found)
    unknown = sum(description.unknown for description, _ in found)
    cut = sum(description.recording.stopped is not None for description, _ in found)
    more = f"; {cut} could not be followed to the end" if cut else ""
    many = "migration" if len(found) == 1 else "migrations"
    print(f"{len(found)} {many}; {not_described(unknown, operations)}{more}", file=sys.stderr)


def _fail(error: Exception, remedy: str) -> int:
    print(f"error: {error}\n  try: {remedy}", file=sys.stderr)
    return 1


def main(words: Optional[List[str]] = None) -> int:
    arguments = _parser().parse_args(words)
    try:
        found = _describe(arguments)
    except ImportError as error:
        return _fail(error, "the Python in which your migrations run, with PyYAML beside Alembic")
    except ToolError as error:
        return _fail(error, error.remedy)
    _print(arguments, found)
    return 0 if all(description.complete for description, _ in found) else 3
