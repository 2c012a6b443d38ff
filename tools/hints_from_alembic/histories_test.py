# SPDX-License-Identifier: Apache-2.0
"""Whole histories, compared with what a reader has checked, with the CRD and with Alembic itself."""

import difflib
import io
import re
import shlex
import sys

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from hints_from_alembic.testing import CRD, ROOT, crd_errors, has, run, same, word_errors

TESTDATA = ROOT / "tools" / "hints_from_alembic" / "testdata"
LICENCE = "# SPDX-License-Identifier: Apache-2.0\n"
HISTORIES = {
    dialect: ["--script-location", str(TESTDATA / folder), "--revision", "all", "--image", "example.com/m:1"]
    for dialect, folder in {"postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql"}.items()
}


def test_histories_are_described():
    """The objects of a whole history, for each dialect, are those that a reader has checked."""
    for dialect, words in HISTORIES.items():
        found = run("--dialect", dialect, *words)
        same(found.status, 3)
        file = TESTDATA / f"{dialect}.yaml"
        if "--accept" in sys.argv:
            file.write_text(LICENCE + found.out)
        expected = file.read_text()
        difference = "".join(difflib.unified_diff(expected.splitlines(True), (LICENCE + found.out).splitlines(True)))
        assert not difference, f"{file.name}, and what the tool says:\n{difference}"


def test_the_document_shows_what_is_printed():
    text = (ROOT / "docs" / "hints-from-alembic.md").read_text()
    shell, shown = re.search(r"```\n(tools/hints-from-alembic.*?)```\n\n```yaml\n(.*?)```", text, re.S).groups()
    words = shlex.split(shell.replace("\\\n", ""))[1:]
    words[1] = str(ROOT / words[1])
    found = run(*words)
    same(found.out or found.err, shown)


def test_histories_are_long_enough():
    """Twenty and more operations for each dialect, and every word of an operation but one that Alembic lacks."""
    for dialect, words in HISTORIES.items():
        found = run("--dialect", dialect, *words)
        count = int(re.search(r"of (\d+) operations", found.err.splitlines()[-1])[1])
        assert count > 20, found.err
    documents = [document for words in HISTORIES.values() for document in run(*words).documents]
    hints = [hint for document in documents for hint in document["spec"].get("hints", [])]
    known = "AddColumn AlterColumn DropColumn RenameColumn CreateIndex DropIndex AddConstraint DropConstraint"
    same({hint["operation"] for hint in hints}, set(known.split()) | {"CreateTable", "DropTable", "RenameTable"})


def test_objects_fit_the_crd():
    for dialect, words in HISTORIES.items():
        for document in run("--dialect", dialect, *words).documents:
            same(crd_errors(CRD, document), [])
            for hint in document["spec"].get("hints", []):
                same(word_errors(hint), [])


def test_crd_check_finds_errors():
    hints = [{"operation": "Sing", "table": ""}] * 501
    bad = {"metadata": {"name": "Bad_"}, "spec": {"container": {}, "hints": hints, "version": 1, "sing": True}}
    found = "\n".join(crd_errors(CRD, bad))
    for error in ("metadata.name: Bad_", ".container.image is missing", "hints has 501", "[500].operation: 'Sing'"):
        has(found, error)
    for error in ("[0].table: ''", ".version: 1 is no string", ".sing is unknown"):
        has(found, error)
    same(len(word_errors({"operation": "AddColumn", "sing": 1, "type": "S", "column": {"default": "S", "sing": 1}})), 4)


def test_the_histories_are_alembics_own():
    """Alembic itself turns the same revisions into SQL, and every hint finds its names there."""
    for dialect, last in (("postgresql", "0007"), ("mysql", "0005")):
        sql = alembic_sql(TESTDATA / dialect, dialect, last)
        words = ["--script-location", str(TESTDATA / dialect), "--revision", f"base:{last}", "--dialect", dialect]
        for document in run(*words).documents:
            for hint in document["spec"]["hints"]:
                column = hint.get("column", {})
                for name in [hint.get("name"), hint.get("newName"), column.get("name"), *hint.get("columns", [])]:
                    assert name is None or name in sql[document["spec"]["version"]], f"{hint}: {name} is not in the SQL"
                if column.get("type"):
                    has(sql[document["spec"]["version"]].lower().replace(", ", ","), column["type"].lower())


def alembic_sql(folder, dialect, last):
    """What `alembic upgrade --sql` writes, by revision."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    directory = ScriptDirectory.from_config(config)
    written = io.StringIO()
    steps = lambda revision, context: directory._upgrade_revs(last, revision)  # noqa: E731
    with EnvironmentContext(config, directory, as_sql=True, fn=steps, starting_rev=None) as environment:
        named = {"paramstyle": "named"}
        environment.configure(dialect_name=dialect, output_buffer=written, literal_binds=True, dialect_opts=named)
        environment.run_migrations()
    parts = re.split(r"-- Running upgrade .*?-> (\w+)", written.getvalue())
    return dict(zip(parts[1::2], parts[2::2]))
