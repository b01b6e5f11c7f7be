"""A question is a query file: read here, front matter and text, and refused with the line where it is wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from kg.asking import grammar, lint
from kg.asking.question import RESERVED, VALUE_TYPES, Column, Parameter, Question
from kg.errors import Finding, QueryError
from kg.frontmatter import Entry, Reader
from kg.sparql import Block, elements, parts, tokens, values_blocks
from kg.terms import XSD, Term


def read(folder: Path, only: str | None = None) -> tuple[dict[str, Question], list[Finding]]:
    """The questions by name, and what is wrong with the files that give none.

    A file is ``questions/<topic>/<name>.rq`` below the folder; one with an error is left out, the others load.

    Args:
        only: the name of the one question that is wanted, which takes a moment where all take seconds.
    """
    questions: dict[str, Question] = {}
    findings: list[Finding] = []
    for path in sorted(folder.glob("questions/*/*.rq")):
        if only not in (None, path.stem):
            continue
        question, problems = read_file(path, path.relative_to(folder).as_posix())
        findings += problems
        if question is None:
            continue
        if question.name in questions:
            other = questions[question.name].file
            reader = Reader(question.file)
            reader.wrong("declared-twice", f"{other} has the same name.", 1, "Rename one of the two files.")
            findings += reader.findings
        else:
            questions[question.name] = question
    return questions, findings


def read_file(path: Path, file: str) -> tuple[Question | None, list[Finding]]:
    """The question of one file, or None and the errors; a use that is made of an exception is a finding too."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        reader, line = Reader(file), error.object.count(b"\n", 0, error.start) + 1
        reader.wrong("encoding", f"The file is not UTF-8: {error.reason}.", line, "Save it as UTF-8.")
        return None, reader.findings
    question, findings = _read(file, text)
    return question, list(findings)


@lru_cache(maxsize=1000)  # from one snapshot to the next hardly a file changes
def _read(file: str, text: str) -> tuple[Question | None, tuple[Finding, ...]]:
    reader, question = Reader(file), None
    try:
        question = _question(reader, text)
        if not reader.findings:
            reader.findings += lint.lint(question)
    except QueryError as error:
        reader.wrong("query-syntax", error.message, error.data.get("line", 1))
    refused = any(finding.severity == "error" for finding in reader.findings)
    return None if refused else question, tuple(reader.findings)


def _question(reader: Reader, text: str) -> Question:
    entry = reader.read(text)
    front = grammar.read(reader, entry, grammar.FRONT, "The front matter", 1)
    folder, _, name = reader.file.removesuffix(".rq").rpartition("/")
    parsed = tuple(elements(text))  # whatever is no query at all ends here, with the store's own message
    question = Question(
        name=name,
        topic=front["topic"],
        summary=front["summary"],
        answers=front["answers"],
        parameters=_parameters(reader, front["parameters"], text),
        columns=_columns(reader, front["columns"], text),
        roles=_roles(reader, front["evidence"], text),
        exceptions=_exceptions(reader, front["except"]),
        text=text,
        file=reader.file,
        elements=parsed,
    )
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        reader.wrong("bad-name", f"{name!r} is to be part of a URL: small letters, digits and hyphens.", 1)
    if question.topic and question.topic != folder.rpartition("/")[2]:
        line = reader.mapping(entry, "The front matter")["topic"].line
        reader.wrong("bad-topic", f"The topic is {question.topic!r}, the folder another.", line)
    return question


def _parameters(reader: Reader, entry: Entry | None, text: str) -> dict[str, Parameter]:
    blocks = values_blocks(text)
    found = {}
    for name, declared in reader.mapping(entry, "'parameters'").items():
        if name in RESERVED:
            reader.wrong("reserved-name", f"Every question understands {name!r}.", declared.line, "Rename it.")
        parameter = _parameter(reader, name, declared)
        own = [block for block in blocks if block.variables == parameter.variables]
        if own:
            found[name] = _with_default(reader, parameter, declared.line, text, own[0])
        else:
            wanted = " ".join("?" + v for v in parameter.variables)
            reader.wrong("unbound-parameter", f"No VALUES block binds {wanted} alone.", declared.line)
    return found


def _parameter(reader: Reader, name: str, declared: Entry) -> Parameter:
    what = f"parameter {name!r}"
    found = grammar.read(reader, declared, grammar.PARAMETER, what, declared.line)
    columns = reader.mapping(found["table"], f"'table' of {what}")
    table = {c: grammar.type_of(reader, columns, c, f"table of {what}", declared.line) for c in columns}
    if table and found["type"] is not None:
        reader.wrong("bad-type", f"The {what} has a type and a table; it can have one.", declared.line)
    if not table and found["type"] is None:
        reader.wrong("missing-key", f"{what} has no 'type'.", declared.line)
    return Parameter(**found | {"name": name, "table": table, "type": "table" if table else found["type"] or ""})


def _with_default(reader: Reader, parameter: Parameter, line: int, text: str, block: Block) -> Parameter:
    default = block_rows(text, block)
    if len(default) != 1 and not parameter.many and not parameter.table:
        reader.wrong("bad-default", f"{parameter.name!r} takes one value, its block has {len(default)}.", line)
    for row in default:
        for term, type_ in zip(row, parameter.types, strict=True):
            if term is not None and not _fits(term, type_):
                reader.wrong("bad-default", f"The default {term} of {parameter.name!r} is no {type_}.", line)
    return replace(parameter, default=default)


def block_rows(text: str, block: Block) -> tuple[tuple[Term | None, ...], ...]:
    """What stands in a block of a query, in the store's form of terms."""
    head = " ".join("?" + v for v in block.variables)
    values = f"({head})" if block.bracketed else head
    content = text[block.start : block.end]
    solutions = ox.Store().query(f"{parts(text).prologue}SELECT {head} {{ VALUES {values} {{ {content} }} }}")
    assert isinstance(solutions, ox.QuerySolutions)
    return tuple(tuple(solution) for solution in solutions)


def _fits(term: Term, type_: str) -> bool:
    if type_ not in VALUE_TYPES:
        return isinstance(term, ox.NamedNode)
    return isinstance(term, ox.Literal) and term.datatype.value.removeprefix(XSD) in VALUE_TYPES[type_]


def _columns(reader: Reader, entry: Entry | None, text: str) -> tuple[Column, ...]:
    solutions = ox.Store().query(text)
    if not isinstance(solutions, ox.QuerySolutions):
        reader.wrong("no-select", "A question is a SELECT query.", 1, "Write it as SELECT ... WHERE { ... }.")
        return ()
    projected = [variable.value for variable in solutions.variables]
    declared = reader.mapping(entry, "'columns'")
    if "evidence" in declared:
        reader.wrong("reserved-name", "Every row has an 'evidence'.", declared["evidence"].line, "Rename the column.")
    for name in (name for name in declared if name not in projected):
        reader.wrong("idle-column", f"The query has no column ?{name}.", declared[name].line, "Take it out.")
    line = next((text.count("\n", 0, t.start) + 1 for t in tokens(text) if t.is_word("SELECT")), None)
    for name in projected:
        if name not in declared:
            reader.wrong("missing-column", f"The column ?{name} is not declared.", line, "Add it under 'columns'.")
    return tuple(_column(reader, name, declared[name]) for name in projected if name in declared)


def _column(reader: Reader, name: str, declared: Entry) -> Column:
    what = f"column {name!r}"
    return Column(name=name, **grammar.read(reader, declared, grammar.COLUMN, what, declared.line))


def _roles(reader: Reader, entry: Entry | None, text: str) -> dict[str, str]:
    declared = reader.mapping(entry, "'evidence'")
    used = {token.text[1:] for token in tokens(text) if token.kind == "var"}
    for variable in (variable for variable in declared if variable not in used):
        reader.wrong("idle-role", f"The query has no variable ?{variable}.", declared[variable].line)
    return {variable: reader.text(declared, variable, "'evidence'", role.line) for variable, role in declared.items()}


def _exceptions(reader: Reader, entry: Entry | None) -> dict[str, str]:
    declared = reader.mapping(entry, "'except'", lint.EXCUSABLE)
    return {code: reader.text(declared, code, "'except'", reason.line) for code, reason in declared.items()}
