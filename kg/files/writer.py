"""The canonical Turtle text of a graph: one way to write it, whatever the order or the labels it came with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kg.files import blanks
from kg.files.notation import Notation
from kg.terms import DCTERMS, OWL, PREFIXES, RDF, RDFS, SH, SKOS, SWRL, TYPE, Term, Triple

Subject: TypeAlias = NamedNode | BlankNode
WIDTH = 120

_KINDS = (
    {OWL + "Ontology"},
    {OWL + "AnnotationProperty"},
    {OWL + "ObjectProperty"},
    {OWL + "DatatypeProperty"},
    {RDFS + "Datatype"},
    {OWL + "Class", RDFS + "Class"},
    set[str](),  # individuals: everything that is none of the others
    {SWRL + "Variable", SWRL + "Builtin", SWRL + "Imp"},
)
_INDIVIDUALS, _RULES = 6, 7

_LEADING = (
    *(TYPE.value, OWL + "annotatedSource", OWL + "annotatedProperty", OWL + "annotatedTarget"),
    *(DCTERMS + "title", SKOS + "prefLabel", RDFS + "label", SKOS + "altLabel", SKOS + "definition"),
    *(OWL + "onProperty", OWL + "allValuesFrom", OWL + "someValuesFrom", OWL + "hasValue"),
    *(SWRL + "builtin", SWRL + "classPredicate", SWRL + "propertyPredicate", SH + "path"),
)
"""The predicates that come first, in this order; the others follow by IRI."""
_RANK = {iri: rank for rank, iri in enumerate(_LEADING)}

_FIRST, _REST, _NIL = NamedNode(RDF + "first"), NamedNode(RDF + "rest"), NamedNode(RDF + "nil")
_AXIOM, _SOURCE = NamedNode(OWL + "Axiom"), NamedNode(OWL + "annotatedSource")


def write(triples: Iterable[Triple | Quad], prefixes: Mapping[str, str] = PREFIXES) -> str:
    """The triples as Turtle, blank nodes without labels where a tree allows it; graph names are not written.

    Equal graphs have equal text: the ontology comes first, then properties, classes, individuals and rules by
    IRI, each with the ``owl:Axiom`` nodes about it. Of the prefixes only those that occur are declared.

    >>> from kg.terms import ep, ident
    >>> print(write([Triple(ident("BR"), TYPE, ep("Country"))]).splitlines()[-1])
    id:BR a ep:Country .
    """
    return _Writer(triples, prefixes).text()


class _List(NamedTuple):
    items: Sequence[Term]
    kind: Term | None
    """What every cell of it is typed as, such as ``swrl:AtomList``."""


class _Writer:
    def __init__(self, triples: Iterable[Triple | Quad], prefixes: Mapping[str, str]) -> None:
        self.about: dict[Subject, dict[NamedNode, list[Term]]] = {}
        parents: dict[BlankNode, list[Subject]] = {}
        distinct = dict.fromkeys(Triple(t.subject, t.predicate, t.object) for t in triples)
        for subject, predicate, object_ in map(_parts, distinct):
            self.about.setdefault(subject, {}).setdefault(predicate, []).append(object_)
            if isinstance(object_, BlankNode):
                parents.setdefault(object_, []).append(subject)
        self.nested = {node for node, above in parents.items() if len(above) == 1} - _on_a_circle(parents)
        self.labels = _labels(distinct, set(parents) - self.nested)
        self.notation = Notation(prefixes)
        self.flat: dict[BlankNode, str] = {}

    def text(self) -> str:
        roots = [node for node in self.about if node not in self.nested]
        axioms: dict[Subject, list[str]] = {}
        for node in [n for n in roots if self._is_axiom(n)]:
            axioms.setdefault(self._source(node), []).append(self._statement(node))
        blocks = [(self._place(n), self._statement(n), n) for n in roots if not self._is_axiom(n)]
        blocks += [(self._place(source), "", source) for source in axioms if source not in self.about]
        body = [text for _, own, node in sorted(blocks, key=_by_place) for text in (own, *sorted(axioms.get(node, [])))]
        return "\n\n".join(filter(None, [self.notation.declarations(), *body])) + "\n" * bool(body)

    # --- which block comes where ---------------------------------------------------------------------------

    def _place(self, node: Subject) -> tuple[int, str]:
        if isinstance(node, BlankNode):
            return _RULES, "~"
        types = {t.value for t in self.about.get(node, {}).get(TYPE, [])}
        kind = next((place for place, kinds in enumerate(_KINDS) if types & kinds), _INDIVIDUALS)
        return kind, node.value

    def _is_axiom(self, node: Subject) -> bool:
        return isinstance(node, BlankNode) and node not in self.labels and isinstance(self._source(node), NamedNode)

    def _source(self, node: Subject) -> Subject:
        """What an ``owl:Axiom`` node is about; the node itself where it is none."""
        found = self.about[node].get(_SOURCE, [])
        is_axiom = _AXIOM in self.about[node].get(TYPE, []) and len(found) == 1
        return found[0] if is_axiom and isinstance(found[0], NamedNode) else node

    # --- statements ----------------------------------------------------------------------------------------

    def _statement(self, node: Subject) -> str:
        name = self.notation.iri(node) if isinstance(node, NamedNode) else self.labels.get(node, "[]")
        clauses = list(self._clauses(node, 1))
        predicate, objects = self._sorted(node)[0]
        return f"{name} " + " ;\n    ".join([self._clause(predicate, objects, 1, len(name)), *clauses[1:]]) + " ."

    def _clauses(self, node: Subject, depth: int) -> Iterator[str]:
        for predicate, objects in self._sorted(node):
            yield self._clause(predicate, objects, depth, 0)

    def _clause(self, predicate: NamedNode, objects: Sequence[Term], depth: int, before: int) -> str:
        """``predicate object, object``, on one line if it fits behind what stands before it."""
        verb = self._verb(predicate)
        line = f"{verb} {', '.join(map(self._flat, objects))}"
        if _fits(line, depth, before):
            return line
        if len(objects) == 1:
            return f"{verb} {self._deep(objects[0], depth)}"
        margin = "\n" + "    " * (depth + 1)
        return verb + margin + f",{margin}".join(self._object(o, depth + 1) for o in objects)

    def _object(self, term: Term, depth: int) -> str:
        line = self._flat(term)
        return line if _fits(line, depth, 0) else self._deep(term, depth)

    def _sorted(self, node: Subject) -> list[tuple[NamedNode, list[Term]]]:
        about = self.about.get(node, {})
        order = sorted(about, key=lambda p: (_RANK.get(p.value, len(_RANK)), p.value))
        return [(predicate, sorted(about[predicate], key=self._object_order)) for predicate in order]

    def _object_order(self, term: Term) -> tuple[int, str, str]:
        if isinstance(term, NamedNode):
            return 0, term.value, ""
        if isinstance(term, Literal):
            return 1, term.language or "", term.value + term.datatype.value
        return 2, self._flat(term), ""

    # --- terms ---------------------------------------------------------------------------------------------

    def _flat(self, term: Term) -> str:
        """A term on one line, but for the line breaks of a literal."""
        if isinstance(term, Literal):
            return self.notation.literal(term)
        if term == _NIL:
            return "()"
        if isinstance(term, NamedNode):
            return self.notation.iri(term)
        if term not in self.flat:
            self.flat[term] = self._flat_node(term)
        return self.flat[term]

    def _flat_node(self, node: BlankNode) -> str:
        if node in self.labels:
            return self.labels[node]
        cells = self._list(node)
        if cells is None:
            clauses = (f"{self._verb(p)} {', '.join(map(self._flat, o))}" for p, o in self._sorted(node))
            return f"[ {' ; '.join(clauses)} ]" if node in self.about else "[]"
        items = map(self._flat, cells.items)
        if cells.kind is None:
            return f"( {' '.join(items)} )"
        start = f"[ a {self._flat(cells.kind)} ; {self.notation.iri(_FIRST)} "
        rest = f" ; {self.notation.iri(_REST)} "
        return start + f"{rest}{start}".join(items) + rest + "()" + " ]" * len(cells.items)

    def _deep(self, term: Term, depth: int) -> str:
        """A term over several lines, if it has parts; ``depth`` is that of the line on which it begins."""
        if not isinstance(term, BlankNode) or term in self.labels or term not in self.about:
            return self._flat(term)
        margin, inner = "\n" + "    " * depth, "\n" + "    " * (depth + 1)
        cells = self._list(term)
        if cells is None:
            return f"[{inner}" + f" ;{inner}".join(self._clauses(term, depth + 1)) + f"{margin}]"
        if cells.kind is None:
            return f"({inner}" + inner.join(self._object(item, depth + 1) for item in cells.items) + f"{margin})"
        start = f"a {self._flat(cells.kind)} ;{inner}"
        rest = f" ;{inner}{self.notation.iri(_REST)} "
        texts = [start + self._clause(_FIRST, [item], depth + 1, 0) for item in cells.items]
        return f"[{inner}" + f"{rest}[ ".join(texts) + f"{rest}(){margin}" + " ".join("]" * len(texts))

    def _list(self, node: BlankNode) -> _List | None:
        """The list that begins at a node, if its cells are nothing but cells, all of the same type or of none."""
        items: list[Term] = []
        kinds: list[Term] | None = None
        cell: Term = node
        while cell != _NIL:
            about = self.about.get(cell, {}) if isinstance(cell, BlankNode) and cell in self.nested else {}
            first, rest, types = (about.get(p, []) for p in (_FIRST, _REST, TYPE))
            kinds = types if kinds is None else kinds
            if len(first) != 1 or len(rest) != 1 or len(types) > 1 or types != kinds:
                return None
            if len(about) != 2 + len(types):
                return None
            items += first
            cell = rest[0]
        return _List(items, kinds[0] if kinds else None)

    def _verb(self, predicate: NamedNode) -> str:
        return "a" if predicate == TYPE else self.notation.iri(predicate)


def _parts(triple: Triple) -> tuple[Subject, NamedNode, Term]:
    subject, object_ = triple.subject, triple.object
    assert not isinstance(subject, Triple) and not isinstance(object_, Triple), "RDF 1.2 triple terms are not used"
    return subject, triple.predicate, object_


def _fits(line: str, depth: int, before: int) -> bool:
    return "\n" not in line and 4 * depth + before + len(line) + 2 <= WIDTH


def _by_place(block: tuple[tuple[int, str], str, Subject]) -> tuple[tuple[int, str], str]:
    return block[:2]


def _on_a_circle(parents: Mapping[BlankNode, Sequence[Subject]]) -> set[BlankNode]:
    """Nodes that come back to themselves when going from node to only parent."""
    found: set[BlankNode] = set()
    seen: set[Subject] = set()
    for start in parents:
        path: list[BlankNode] = []
        node: Subject = start
        while isinstance(node, BlankNode) and node not in seen and len(parents.get(node, ())) == 1:
            seen.add(node)
            path.append(node)
            node = parents[node][0]
        if isinstance(node, BlankNode) and node in path:
            found.update(path[path.index(node) :])
    return found


def _labels(triples: Iterable[Triple], needed: set[BlankNode]) -> dict[BlankNode, str]:
    """Labels from content for the nodes that cannot do without: those that are shared, and those on a circle."""
    if not needed:
        return {}
    names = {node: name for node, name in blanks.names(triples).items() if node in needed}
    count = Counter(name[:8] for name in names.values())
    return {node: f"_:b{name[:8] if count[name[:8]] == 1 else name}" for node, name in names.items()}
