# SPDX-License-Identifier: Apache-2.0
"""What the tests need: the tool in this process, histories in temporary folders, and the schema of the CRD."""

import contextlib
import io
import pathlib
import re
import tempfile
import textwrap
from dataclasses import dataclass
from typing import Any, Dict, List

import alembic
import yaml

from hints_from_alembic import cli

ROOT = pathlib.Path(__file__).resolve().parents[2]
CRD = yaml.safe_load((ROOT / "crds" / "databasemigrations.yaml").read_text())
ALEMBIC = tuple(int(part) for part in alembic.__version__.split(".")[:2])

WORDS = (
    "operation table name newName columns expressions where unique concurrently nullsNotDistinct method type check "
    "notValid notEnforced using rowsPrepared transaction"
).split()
COLUMN_WORDS = (
    "name type nullable default defaultExpression generated check position autoIncrement references"
).split()
ENUMS = {
    "method": "BTree Hash Gin Gist Brin SpGist FullText Spatial",
    "type": "Unique Check ForeignKey PrimaryKey Exclusion",
}
COLUMN_ENUMS = {
    "default": "None Constant Volatile Identity Generated",
    "generated": "Stored Virtual",
    "position": "Last",
}


@dataclass
class Run:
    status: int
    out: str
    err: str

    @property
    def documents(self) -> List[Any]:
        return list(yaml.safe_load_all(self.out))


def run(*words: str) -> Run:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = cli.main(list(words))
        except SystemExit as end:
            status = int(end.code or 0)
    return Run(status, out.getvalue(), err.getvalue())


def same(found: Any, expected: Any) -> None:
    assert found == expected, f"expected {expected!r}, found {found!r}"


def has(text: str, part: str) -> None:
    assert part in text, f"expected {part!r} in:\n{text}"


class Revisions:
    """A history in a temporary folder."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="hints.")
        self.path = pathlib.Path(self.folder.name)
        (self.path / "versions").mkdir()
        self.last: Any = None

    def add(
        self, upgrade: str = "pass", revision: Any = None, after: Any = "last", head: str = "", doc: str = "Do it."
    ) -> "Revisions":
        """One more revision. after: its down_revision, or "last" for the one added before."""
        number = len(list((self.path / "versions").iterdir()))
        revision = revision or f"r{number}"
        after = self.last if after == "last" else after
        lines = [f'"""{doc}"""', "import sqlalchemy as sa", "from alembic import context, op"]
        lines += [f"revision = {revision!r}", f"down_revision = {after!r}", head, "def upgrade():"]
        body = textwrap.indent(textwrap.dedent(upgrade).strip(), "    ")
        (self.path / "versions" / f"{number:04}_{revision}.py").write_text("\n".join(lines) + f"\n{body}\n")
        self.last = revision
        return self

    def tool(self, *words: str, revision: str = "all") -> Run:
        return run("--script-location", str(self.path), "--revision", revision, *words)

    def hints(self, *words: str) -> List[Dict[str, Any]]:
        found = self.tool(*words)
        assert found.status in (0, 3), found.err
        return [hint for document in found.documents for hint in document["spec"].get("hints", [])]


def crd_errors(crd: Dict[str, Any], document: Dict[str, Any]) -> List[str]:
    """What the API server would refuse, but for the CEL rules: those that matter here are checked by hand."""
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    name = document["metadata"]["name"]
    errors = [] if re.fullmatch(r"[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?", name) else [f"metadata.name: {name}"]
    return errors + list(_errors(schema, document, ""))


def word_errors(hint: Dict[str, Any]) -> List[str]:
    """Words that the agent's parser of hints does not know; it refuses a hint that has one."""
    errors = [key for key in hint if key not in WORDS and key not in ("column", "references")]
    errors += [f"column.{key}" for key in hint.get("column", {}) if key not in COLUMN_WORDS]
    for part, enums in ((hint, ENUMS), (hint.get("column", {}), COLUMN_ENUMS)):
        errors += [f"{key}: {part[key]}" for key in enums if key in part and part[key] not in enums[key].split()]
    return errors


def _errors(schema: Dict[str, Any], value: Any, path: str) -> Any:
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
    if not isinstance(value, kinds[schema["type"]]):
        yield f"{path}: {value!r} is no {schema['type']}"
        return
    if isinstance(value, dict):
        yield from (f"{path}.{key} is missing" for key in schema.get("required", []) if key not in value)
        known = schema.get("properties", {})
        if known and not schema.get("x-kubernetes-preserve-unknown-fields"):
            yield from (f"{path}.{key} is unknown" for key in value if key not in known)
        for key, part in known.items():
            if key in value:
                yield from _errors(part, value[key], f"{path}.{key}")
    if isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            yield f"{path} has {len(value)} items"
        for number, item in enumerate(value):
            yield from _errors(schema["items"], item, f"{path}[{number}]")
    if isinstance(value, str):
        fits = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        if not fits or value not in schema.get("enum", [value]) or not re.search(schema.get("pattern", ""), value):
            yield f"{path}: {value!r} is not allowed"
