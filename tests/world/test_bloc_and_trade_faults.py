"""Faults planted in the tables and records of blocs and trade are found: the row is left out, or the shape objects."""

from __future__ import annotations

from pathlib import Path

import pytest
from carried import TABLES
from planted import objections, shapes_of, with_a_bad_cell

from kg.files import tables

# --- shapes --------------------------------------------------------------------------------------------------

SOUND = {
    "membership": "a ep:BlocMembership ; ep:member id:GB ; ep:membershipBloc id:EU ; ep:standing id:standing-member",
    "affiliation": "a ep:BlocAffiliation ; ep:standingOf id:MM ; ep:standingIn id:RCEP ; ep:standing id:signatory",
    "list": "a ep:MemberList ; ep:listOf id:WTO ; ep:lists id:BR, id:CL ; ep:standing id:standing-member",
    "income": "a ep:IncomeClassification ; ep:about id:BR ; ep:incomeGroup id:income-low ; "
    'ep:validFrom "1987-01-01T00:00:00Z"^^xsd:dateTime',
    "agreement": "a ep:TradeAgreement ; ep:agreementKind id:agreement-kind-base ; ep:hasParty id:CL, id:CN ; "
    "ep:yearSigned 2005",
    "share": "a ep:TradeShare ; ep:about id:BR ; ep:tradeFlow id:flow-export ; ep:tradePartner id:CN ; ep:year 2023 ; "
    "ep:sharePercent 30.5",
}
FAULTS = [
    ("membership", "ep:member id:GB", "ep:member id:GB, id:FR", "blocMembership-member"),
    ("membership", "ep:membershipBloc id:EU ; ", "", "blocMembership-membershipBloc"),
    ("membership", "id:standing-member", "id:standing-signatory", "blocMembership-standing"),
    ("membership", "id:standing-member", "id:standing-member ; ep:ending id:a, id:b", "blocMembership-ending"),
    ("affiliation", "id:signatory", "id:standing-member", "blocAffiliation-standing"),
    ("affiliation", "ep:standingOf id:MM ; ", "", "blocAffiliation-standingOf"),
    ("affiliation", "id:RCEP", "id:RCEP, id:EU", "blocAffiliation-standingIn"),
    ("list", "ep:listOf id:WTO ; ", "", "memberList-listOf"),
    ("list", "ep:lists id:BR, id:CL ; ", "", "memberList-lists"),
    ("list", "ep:standing id:standing-member", "ep:standing id:a, id:b", "memberList-standing"),
    ("income", "id:income-low", "id:income-low, id:income-high", "incomeClassification-incomeGroup"),
    ("income", "ep:about id:BR ; ", "", "incomeClassification-about"),
    ("income", "xsd:dateTime", "xsd:date", "incomeClassification-validFrom"),
    ("agreement", "ep:agreementKind id:agreement-kind-base ; ", "", "tradeAgreement-agreementKind"),
    ("agreement", "id:CL, id:CN", "id:CL", "tradeAgreement-hasParty"),
    ("agreement", "2005", "20055", "tradeAgreement-yearSigned"),
    ("agreement", "2005", "2005 ; ep:yearInForce 2006, 2007", "tradeAgreement-yearInForce"),
    ("agreement", "2005", "2005 ; ep:sides id:a, id:b", "tradeAgreement-sides"),
    ("agreement", "2005", "2005 ; ep:agreementRegion id:a, id:b", "tradeAgreement-agreementRegion"),
    ("agreement", "2005", "2005 ; ep:baseAgreement id:a, id:b", "tradeAgreement-baseAgreement"),
    ("share", "30.5", "130.5", "tradeShare-sharePercent"),
    ("share", "ep:sharePercent 30.5", "", "tradeShare-sharePercent"),
    ("share", "30.5", "30.5 ; ep:shareBound id:a, id:b", "tradeShare-shareBound"),
    ("share", "ep:tradeFlow id:flow-export ; ", "", "tradeShare-tradeFlow"),
    ("share", "id:CN", "id:CN, id:US", "tradeShare-tradePartner"),
    ("share", "ep:about id:BR ; ", "", "tradeShare-about"),
    ("share", "ep:year 2023 ; ", "", "tradeShare-year"),
]
"""The kind of record, what is put in place of what, and the shape that objects."""


@pytest.mark.parametrize("kind", SOUND)
def test_a_complete_record_is_let_through(kind: str) -> None:
    assert objections(SOUND[kind], "blocs", "trade") == []


@pytest.mark.parametrize(("kind", "sound", "planted", "shape"), FAULTS)
def test_a_planted_fault_is_found(kind: str, sound: str, planted: str, shape: str) -> None:
    assert SOUND[kind].count(sound) == 1
    assert objections(SOUND[kind].replace(sound, planted), "blocs", "trade") == [shape]


def test_every_shape_of_trade_has_a_planted_fault() -> None:
    assert shapes_of("trade") == {shape for kind, *_, shape in FAULTS if kind in ("agreement", "share")}
    assert len(FAULTS) == 27


# --- rows ----------------------------------------------------------------------------------------------------

ROWS = [
    ("bloc-memberships", "since", "2020-13-01", "a day that no calendar has"),
    ("bloc-memberships", "until", "1066", "before ?since"),
    ("bloc-memberships", "source", "", "?source is empty"),
    ("bloc-memberships", "confidence", "", "?confidence is empty"),
    ("bloc-affiliations", "standing", "", "?standing is empty"),
    ("organisation-members", "market", "", "?market is empty"),
    ("trade-agreements", "signed", "19.5", "not a whole number"),
    ("trade-agreements", "in_force", "20066", "above 2100"),
    ("trade-agreement-parties", "agreement", "1 0", "can be the name of nothing"),
    ("income-groups", "since", "last year", "not a date"),
    ("trade-partners", "share", "12,5", "not a number"),
    ("trade-partners", "share", "101", "above 100"),
    ("trade-partners", "bound", "~", "none of <"),
    ("trade-partners", "year", "", "?year is empty"),
]


@pytest.mark.parametrize(("table", "column", "cell", "reason"), ROWS)
def test_a_row_with_a_bad_cell_is_left_out_and_named(
    tmp_path: Path, table: str, column: str, cell: str, reason: str
) -> None:
    read = with_a_bad_cell(tmp_path, table, column, cell)
    assert set(read.rows) == {2}
    assert reason in read.refused[3]
    (finding,) = read.findings()
    assert (finding.code, finding.line) == ("row-refused", 3)
    assert f"?{column}" in finding.message


def test_a_market_is_in_a_bloc_once_at_a_time(tmp_path: Path) -> None:
    text = "bloc,market,again,name,since,until,ending,confidence,note,source\n"
    text += "EU,GB,,UK in EU,1973-01-01,2020-01-31,withdrawn,high,,source-x\n"
    again = "EU,GB,2020,UK in EU again,{},,,high,,source-x\n"
    for since, left_out in (("2020-01-31", {2, 3}), ("2020-02-01", set())):
        (tmp_path / "bloc-memberships.csv").write_text(text + again.format(since), encoding="utf-8")
        read = tables.read(tmp_path / "bloc-memberships.csv", TABLES / "bloc-memberships.rq")
        assert set(read.refused) == left_out, since
