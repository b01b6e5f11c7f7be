"""Rows of tables that name something which is not there: a code that no country has, a currency that is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import NamedNode

from kg.files.columns import Reference
from kg.files.hierarchy import below
from kg.files.tables import Table
from kg.terms import SUB_CLASS, TYPE, Node, Triple, shorten


def link(tables: Sequence[Table], others: Sequence[Triple]) -> None:
    """Refuse each row with a cell that names no individual of a class that its column asks for.

    A row that is refused may have made what another one names, so that is looked at again until all is settled.

    Args:
        others: what the other files say, the hierarchy of classes among it.
    """
    asked = {cls for table in tables for reference in table.references for cls in reference.classes}
    hierarchy = [triple for triple in others if triple.predicate == SUB_CLASS]
    narrower = {cls: below(cls, SUB_CLASS, hierarchy) for cls in asked}
    typed = [triple for triple in others if triple.predicate == TYPE]
    while wrong := _dangling(tables, narrower, typed):
        for table, line, (column, individual, classes) in wrong:
            wanted = " or ".join(shorten(cls.value) for cls in classes)
            if line in table.rows:  # and not refused for another cell
                table.refuse(line, f"?{column} names {shorten(individual.value)}, which is no {wanted}")


def _dangling(
    tables: Sequence[Table], narrower: Mapping[NamedNode, set[Node]], typed: Iterable[Triple]
) -> list[tuple[Table, int, Reference]]:
    classes: dict[Node, set[Node]] = defaultdict(set)
    rows = (t for table in tables for triples in table.rows.values() for t in triples if t.predicate == TYPE)
    for triple in (*typed, *rows):
        classes[triple.subject].add(triple.object)
    return [
        (table, line, reference)
        for table in tables
        for reference, lines in table.references.items()
        if all(classes[reference.individual].isdisjoint(narrower[cls]) for cls in reference.classes)
        for line in lines
        if line in table.rows
    ]
