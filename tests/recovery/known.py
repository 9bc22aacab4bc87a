"""The journal as it would be if every subject were known for the person behind it: what identity is there to give."""

from __future__ import annotations

from dataclasses import replace


def known(company):
    """The journal of a company, with the true person as the subject; what two people share stays whose it was."""
    journal = company.workspace.journal
    con = journal.history.get_backend()
    subjects = con.read_parquet(f"{company.workspace.folder}/truth/subjects.parquet")
    owners = subjects.group_by(shared="subject").agg(person=subjects.person.min(), people=subjects.person.nunique())
    owners = owners.filter(owners.people == 1).select("shared", "person")

    def named(table):
        joined = table.left_join(owners, [("subject", "shared")])
        return joined.mutate(subject=("person:" + joined.person.cast("string")).fill_null(joined.subject)).select(table.columns)

    for name, table in (("history", journal.history), ("traits", journal.traits)):
        con.raw_sql(f"CREATE OR REPLACE TEMP TABLE known_{name} AS {con.compile(named(table))}")
    return replace(journal, history=con.table("known_history"), traits=con.table("known_traits"))


def asked(journal, analysis, **arguments):
    """The rows that an analysis answers."""
    return analysis(journal, **arguments).to_pyarrow().to_pylist()
