# SPDX-License-Identifier: Apache-2.0
"""Names, ranges, histories that are no chain, and the command line."""

import re
import sys
from types import SimpleNamespace

from hints_from_alembic.history import object_name
from hints_from_alembic.testing import Revisions, has, run, same


def test_metadata_gives_names():
    revisions = Revisions().add('op.create_foreign_key(None, "t", "p", ["a"], ["id"])')
    (revisions.path / "models.py").write_text(
        'import sqlalchemy as sa\nmetadata = sa.MetaData(naming_convention={"fk": "fk_%(table_name)s"})\n'
    )
    sys.path.append(str(revisions.path))
    same(revisions.hints("--metadata", "models:metadata")[0]["name"], "fk_t")
    same(revisions.hints()[0].get("name"), None)
    sys.path.remove(str(revisions.path))
    found = revisions.tool("--metadata", "no_such_module:metadata")
    same((found.status, found.out), (1, ""))
    has(found.err, "no_such_module")


def test_the_container():
    document = Revisions().add().tool("--namespace", "shop").documents[0]
    same((document["spec"].get("container"), document["metadata"]["namespace"]), (None, "shop"))
    container = Revisions().add().tool("--image", "i:1", "--command", "migrate 'a b' {revision}").documents[0]["spec"]
    same(container["container"], {"image": "i:1", "command": ["migrate", "a b", "r0"]})
    container = Revisions().add().tool("--image", "i:1", "--command", "").documents[0]["spec"]["container"]
    same(container, {"image": "i:1"})


def test_versions_stay_text():
    """Kubernetes reads 1e5 and 0o17 as numbers where PyYAML does not."""
    for revision in ("1e5", "0123", "0x1f", "1_000", "true", "null"):
        quote = '"' if revision[0].isdigit() else "'"
        has(Revisions().add(revision=revision).tool().out, f"version: {quote}{revision}{quote}")


def test_names():
    def name(revision, doc):
        return object_name(SimpleNamespace(revision=revision, doc=doc))

    same(name("a8342a5f44a6", "Add pixels.\n\nMore."), "a8342a5f44a6-add-pixels")
    same(name("0001_first", ""), "0001-first")
    same(name("0001", "Größe & mehr"), "0001-gr-e-mehr")
    assert name("Foo", "x") != name("foo", "x")
    assert name("f.o", "x") != name("f-o", "x")
    assert name("r" * 80, "x") != name("r" * 81, "x")
    for revision, doc in (("r" * 80, "word " * 30), ("Ä", ""), ("-x-", "y"), ("a", "w" * 90)):
        assert re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", name(revision, doc)), name(revision, doc)


def test_ranges():
    revisions = Revisions().add().add().add()
    for wanted, expected in (("r0:r2", "r1 r2"), ("base:r1", "r0 r1"), (":", "r0 r1 r2"), ("head", "r2"), ("r1", "r1")):
        documents = revisions.tool(revision=wanted).documents
        same(" ".join(document["spec"]["version"] for document in documents), expected)
        same(documents[-1]["spec"].get("previous"), f"r{int(documents[-1]['spec']['version'][1]) - 1}-do-it")


def test_a_history_that_is_no_chain():
    forked = Revisions().add().add(revision="a").add(revision="b", after="r0")
    merged = Revisions().add().add(revision="a").add(revision="b", after="r0").add(revision="m", after=("a", "b")).add()
    wrong = [
        (forked, "all", "the history has 2 heads: a, b"),
        (forked, "a", "the history branches after r0, into a and b"),
        (forked, "head", "heads"),
        (merged, "all", "the history branches after r0, into a and b"),
        (merged, "m", "revision m merges a and b"),
        (merged, "r0:head", "the history branches after r0"),
        (Revisions().add().add(after=None), "all", "the history has 2 first revisions: r0, r1"),
        (Revisions().add().add(after="gone"), "all", "Revision gone referenced from gone -> r1"),
        (Revisions().add().add(after="gone"), "r0", "Revision gone referenced from gone -> r1"),
        (Revisions().add().add(revision="r0", after=None), "all", "Revision r0 is present more than once"),
        (Revisions().add().add(head="depends_on = 'r0'", after=None), "r1", "depends_on"),
        (Revisions().add(revision="a", doc="B c").add(revision="a_b", doc="C"), "all", "would both be named a-b-c"),
        (Revisions().add().add(), "r9", "r9"),
        (Revisions().add().add(), "base", "base is no revision"),
        (Revisions().add().add(), "r1:r0", "r1"),
        (Revisions(), "all", "the history has no revision"),
    ]
    for revisions, wanted, message in wrong:
        found = revisions.tool(revision=wanted)
        same((found.status, found.out), (1, ""))
        has(found.err, message)
        has(found.err, "\n  try: ")
        assert "Traceback" not in found.err
    found = merged.tool(revision="m:head")
    same([(d["spec"]["previous"], d["spec"]["version"]) for d in found.documents], [("m-do-it", "r4")])


def test_revisions_that_cannot_run():
    wrong = [
        (Revisions().add("this is no Python"), "the history cannot be read"),
        (Revisions().add("op.drop_column('t')"), "failed in line 8"),
        (Revisions().add("raise ValueError('no')"), "failed in line 8: no"),
        (Revisions().add(head="def upgrade_(): pass", upgrade="pass\ndel upgrade"), "failed in line"),
    ]
    for revisions, message in wrong:
        found = revisions.tool()
        same((found.status, found.out), (1, ""))
        has(found.err, message)
        has(found.err, "\n  try: ")


def test_the_configuration():
    revisions = Revisions().add()
    file = revisions.path / "alembic.ini"
    file.write_text("[shop]\nscript_location = %(here)s\n")
    same(run("--config", str(file), "--name", "shop", "--revision", "head").status, 0)
    found = run("--config", str(file), "--revision", "head")
    has(found.err, "has no script_location in its section [alembic]")
    found = run("--config", str(file) + "x", "--revision", "head")
    has(found.err, "there is no file")
    same(run("--revision", "head", "--dialect", "oracle").status, 2)


def test_nothing_is_left_behind():
    revisions = Revisions().add()
    revisions.tool()
    same([str(path) for path in revisions.path.rglob("__pycache__")], [])
