# SPDX-License-Identifier: Apache-2.0
"""What single operations become, and what cannot be known of them."""

from hints_from_alembic.document import MAX_HINTS
from hints_from_alembic.testing import ALEMBIC, CRD, Revisions, crd_errors, has, same


def test_transactions():
    body = """
        op.drop_column("t", "a")
        with op.get_context().autocommit_block():
            op.drop_column("t", "b")
        op.drop_column("t", "c")
        op.drop_column("t", "d")
        with op.get_context().autocommit_block():
            op.drop_column("t", "e")
    """
    found = Revisions().add(body).hints()
    same([hint.get("transaction") for hint in found], ["t1", None, "t2", "t2", None])
    found = Revisions().add(body).hints("--dialect", "mysql")
    same([hint.get("transaction") for hint in found], [None] * 5)


def test_new_tables_are_exempt():
    found = Revisions().add("""
        op.create_table("n", sa.Column("id", sa.Integer, primary_key=True), schema="s")
        op.rename_table("n", "m", schema="s")
        op.add_column("m", sa.Column("x", sa.Integer), schema="s")
        op.create_index("i", "m", ["x"], schema="s")
        op.add_column("m", sa.Column("y", sa.Integer))
        op.create_foreign_key("f", "old", "m", ["m"], ["id"], referent_schema="s")
        op.drop_table("m", schema="s")
        op.drop_table("m", schema="s")
    """).hints()
    expected = ["CreateTable s.n", "AddColumn m", "AddConstraint old", "DropTable s.m"]
    same([f"{hint['operation']} {hint['table']}" for hint in found], expected)


def test_conditions_are_remarked():
    found = Revisions().add("""
        t = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer))
        op.execute(sa.schema.CreateTable(t, if_not_exists=True))
        op.execute(sa.schema.CreateIndex(sa.Index("i", t.c.a), if_not_exists=True))
    """).tool()
    same(found.status, 0)
    same([hint["operation"] for hint in found.documents[0]["spec"]["hints"]], ["CreateTable", "CreateIndex"])
    has(found.err, "0000_r0.py:10: execute: IF EXISTS and IF NOT EXISTS have no word")


def test_inline_words_of_later_alembics():
    column = 'sa.Column("c", sa.Integer, sa.ForeignKey("p.id", name="f"), primary_key=True)'
    inline = ", inline_references=True, inline_primary_key=True" if ALEMBIC >= (1, 18) else ""
    found = Revisions().add(f'op.add_column("t", {column}{inline})').hints()
    same([hint["operation"] for hint in found], ["AddColumn", "AddConstraint"])
    same(found[0]["column"].get("references"), {"table": "p", "columns": ["id"]} if inline else None)
    same(found[1]["type"], "PrimaryKey" if inline else "ForeignKey")


def test_new_columns_that_nothing_fills():
    add, end = 'op.add_column("t", sa.Column("x", sa.Integer))', 'op.alter_column("t", "x", nullable=False)'
    typed = 'op.alter_column("t", "x", type_=sa.BigInteger, nullable=False)'
    default = 'op.add_column("t", sa.Column("x", sa.Integer, server_default="0"))'
    fill = 'op.execute("UPDATE t SET x = 1")'
    for body, said in [
        ([add, end], False),
        ([add, typed], False),
        ([add, fill, end], None),
        ([fill, add, end], False),
        ([default, end], None),
        ([end], None),
    ]:
        run = Revisions().add("\n        ".join([""] + body)).tool()
        same(run.documents[0]["spec"]["hints"][-1].get("rowsPrepared"), said)


def test_quoted_names():
    found = Revisions().add("""
        op.drop_table('a"b')
        op.drop_table("a.b", schema="Ö")
        op.drop_column("t", "c.d", schema="s")
    """).hints()
    same([hint["table"] for hint in found], ['"a""b"', 'Ö."a.b"', "s.t"])


def test_at_most_as_many_hints_as_the_crd_takes():
    body = "\n".join(f'op.drop_column("t", "c{number}")' for number in range(MAX_HINTS + 3))
    found = Revisions().add(body).tool()
    same(found.status, 3)
    same(crd_errors(CRD, found.documents[0]), [])
    same(len(found.documents[0]["spec"]["hints"]), MAX_HINTS)
    has(found.err, f"3 of {MAX_HINTS + 3} operations are not described")
    has(found.err, f"an object has at most {MAX_HINTS} hints")


def test_what_is_too_long_is_left_out():
    found = Revisions().add("""
        op.add_column("t", sa.Column("c", sa.Enum(*[f"value {n}" for n in range(99)], native_enum=True)))
        op.create_check_constraint("k", "t", "c <> '" + "x" * 2000 + "'")
        op.create_index("i", "t", [sa.text("lower('" + "x" * 2000 + "')")])
        op.add_column("t", sa.Column("d", sa.Text, server_default="x" * 2000))
    """).tool("--dialect", "mysql")
    same(found.err.splitlines()[-1], "1 migration; 1 of 4 operations is not described")
    hints = found.documents[0]["spec"]["hints"]
    same(["type" in hints[0]["column"], "check" in hints[1], "defaultExpression" in hints[2]["column"]], [False] * 3)
    same(hints[2]["column"]["default"], "Constant")


SWAP = """
from alembic.operations import MigrateOperation, Operations
@Operations.register_operation("swap_columns")
class SwapColumnsOp(MigrateOperation):
    @classmethod
    def swap_columns(cls, operations, table):
        return operations.invoke(cls())
@Operations.implementation_for(SwapColumnsOp)
def swap_columns(operations, operation):
    operations.drop_column("t", "a")
    operations.execute("SELECT 1")
"""


def test_an_operation_made_of_others_counts_once():
    found = Revisions().add('op.swap_columns("t")', head=SWAP).tool()
    same(found.status, 3)
    has(found.err, "swap_columns: not described: the text of SQL is not read")
    has(found.err, "1 migration; 1 of 1 operations is not described")


def test_revisions_that_ask_the_database():
    asked = {
        'if op.get_bind().execute(sa.text("SELECT 1")).scalar(): op.drop_table("t")': "reads the result",
        'for row in op.get_bind().execute(sa.text("SELECT 1")): op.drop_table("t")': "reads the result",
        'op.get_bind().scalar(sa.text("SELECT 1"))': "reads the result",
        'if "t" in sa.inspect(op.get_bind()).get_table_names(): op.drop_table("t")': "",
        'op.get_bind().get_isolation_level()': "uses get_isolation_level of the connection",
        'from sqlalchemy.orm import Session; Session(bind=op.get_bind()).execute(sa.text("SELECT 1"))': "",
    }
    for body, why in asked.items():
        found = Revisions().add(f'op.drop_column("t", "c")\n{body}\nop.drop_column("t", "d")').tool()
        same(found.status, 3)
        same(len(found.documents[0]["spec"]["hints"]), 1)
        has(found.err, "0000_r0.py:9: upgrade() could not be followed: ")
        has(found.err, why)


def test_the_connection_takes_statements():
    found = Revisions().add("""
        bind = op.get_bind()
        with bind.begin():
            bind.execute(sa.text("UPDATE t SET a = 1"))
        sa.Table("n", sa.MetaData(), sa.Column("id", sa.Integer)).create(bind)
        if not context.is_offline_mode() and bind.dialect.name == "postgresql":
            op.drop_column("t", "c")
    """).tool()
    same([hint["operation"] for hint in found.documents[0]["spec"]["hints"]], ["CreateTable", "DropColumn"])
    has(found.err, "1 of 3 operations is not described")
