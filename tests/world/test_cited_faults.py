"""Faults planted in the tables and records of cited facts are found: the row is left out, or the shape objects."""

from __future__ import annotations

from pathlib import Path

import pytest
from carried import TABLES
from planted import objections, shapes_of, with_a_bad_cell

from kg.files import tables

# --- shapes --------------------------------------------------------------------------------------------------

CITED = "ep:sourceConfidence id:confidence-high ; ep:statedBy id:source-a"
FACT = f'ep:factAbout id:Jumia ; ep:factAttribute id:attribute-owner ; ep:valueText "a" ; {CITED}'
SOUND = {
    "fact": f"a ep:CitedFact ; {FACT}",
    "payment": "a ep:PaymentFact ; ep:inMarket id:BR",
    "logistics": "a ep:LogisticsFact ; ep:shippedFrom id:CN ; ep:shippedTo id:BR",
    "relation": "a ep:MarketRelation ; ep:onPlatform id:Jumia ; ep:inMarket id:NG ; ep:relationKind id:serves ; "
    + CITED,
    "language": f"a ep:PlatformLanguage ; ep:onPlatform id:Jumia ; ep:offeredLanguage id:fr ; ep:languageUse id:site ; "
    f"ep:inMarket id:CI ; {CITED}",
    "attribute": 'a ep:FactAttribute ; skos:definition "Whose it is."@en ; ep:isCompared true',
    "threshold": "a ep:Threshold ; ep:thresholdPercent 20.5",
}
FAULTS = [
    ("fact", "ep:factAbout id:Jumia ; ", "", "citedFact-factAbout"),
    ("fact", "id:attribute-owner", "id:attribute-owner, id:attribute-kind", "citedFact-factAttribute"),
    ("fact", '"a"', '"a", "b"', "citedFact-valueText"),
    ("fact", "id:confidence-high", "id:confidence-high, id:confidence-low", "citedFact-sourceConfidence"),
    ("fact", "; ep:statedBy id:source-a", "", "citedFact-statedBy"),
    ("fact", '"a"', '"a" ; ep:factPercent "12"', "citedFact-factPercent"),
    ("fact", '"a"', '"a" ; ep:factPercentTo 1.5, 2.5', "citedFact-factPercentTo"),
    ("fact", '"a"', '"a" ; ep:factNumber 1.5', "citedFact-factNumber"),
    ("fact", '"a"', '"a" ; ep:factDate "2010"', "citedFact-factDate"),
    ("payment", "id:BR", "id:BR, id:CL", "paymentFact-inMarket"),
    ("logistics", "id:CN", "id:CN, id:HK", "logisticsFact-shippedFrom"),
    ("logistics", "id:BR", "id:BR, id:CL", "logisticsFact-shippedTo"),
    ("relation", "ep:onPlatform id:Jumia ; ", "", "marketRelation-onPlatform"),
    ("relation", "ep:inMarket id:NG ; ", "", "marketRelation-inMarket"),
    ("relation", "id:serves", "id:serves, id:planned", "marketRelation-relationKind"),
    ("relation", "ep:sourceConfidence id:confidence-high ; ", "", "marketRelation-sourceConfidence"),
    ("relation", "; ep:statedBy id:source-a", "", "marketRelation-statedBy"),
    ("language", "ep:onPlatform id:Jumia ; ", "", "platformLanguage-onPlatform"),
    ("language", "id:fr", "id:fr, id:en", "platformLanguage-offeredLanguage"),
    ("language", "ep:languageUse id:site ; ", "", "platformLanguage-languageUse"),
    ("language", "id:CI", "id:CI, id:SN", "platformLanguage-inMarket"),
    ("language", "ep:sourceConfidence id:confidence-high ; ", "", "platformLanguage-sourceConfidence"),
    ("language", "; ep:statedBy id:source-a", "", "platformLanguage-statedBy"),
    ("attribute", 'skos:definition "Whose it is."@en ; ', "", "factAttribute-definition"),
    ("attribute", "true", '"yes"', "factAttribute-isCompared"),
    ("threshold", "20.5", '"20"', "threshold-thresholdPercent"),
]
"""The kind of record, what is put in place of what, and the shape that objects."""


@pytest.mark.parametrize("kind", SOUND)
def test_a_complete_record_is_let_through(kind: str) -> None:
    assert objections(SOUND[kind], "cited") == []


@pytest.mark.parametrize(("kind", "sound", "planted", "shape"), FAULTS)
def test_a_planted_fault_is_found(kind: str, sound: str, planted: str, shape: str) -> None:
    assert SOUND[kind].count(sound) == 1
    assert objections(SOUND[kind].replace(sound, planted), "cited") == [shape]


def test_every_shape_has_a_planted_fault() -> None:
    assert shapes_of("cited") == {shape for *_, shape in FAULTS}
    assert len(FAULTS) == 26


# --- rows ----------------------------------------------------------------------------------------------------

ROWS = [
    ("platform-facts", "share", "12,5", "not a number"),
    ("platform-facts", "share", "120", "above 100"),
    ("platform-facts", "number", "many", "not a whole number"),
    ("platform-facts", "date", "2010-13", "a day that no calendar has"),
    ("platform-facts", "value", "", "?value is empty"),
    ("platform-facts", "source", "", "?source is empty"),
    ("platform-markets", "market", "", "?market is empty"),
    ("platform-markets", "valid_to", "last year", "not a date"),
    ("platform-markets", "confidence", "", "?confidence is empty"),
    ("platform-languages", "use", "spoken", "none of site"),
    ("logistics-facts", "origin", "the world", "can be the name of nothing"),
    ("payment-facts", "percent", "-5", "below 0"),
]


@pytest.mark.parametrize(("table", "column", "cell", "reason"), ROWS)
def test_a_row_with_a_bad_cell_is_left_out_and_named(
    tmp_path: Path, table: str, column: str, cell: str, reason: str
) -> None:
    read = with_a_bad_cell(tmp_path, table, column, cell)
    assert set(read.rows) == {2}
    assert reason in read.refused[3]
    assert f"?{column}" in read.findings()[0].message


def test_one_page_says_once_what_a_platform_is_in_a_market(tmp_path: Path) -> None:
    header = "platform,market,relation,valid_from,valid_to,seen_from,seen_until,detail,confidence,source\n"
    row = "Shopee,IN,serves,{},,,,,high,source-x\n"
    for since, left_out in (("2020", {2, 3}), ("2023", set())):
        (tmp_path / "platform-markets.csv").write_text(
            header + "Shopee,IN,serves,2019,2022-03-29,,,,high,source-x\n" + row.format(since), encoding="utf-8"
        )
        read = tables.read(tmp_path / "platform-markets.csv", TABLES / "platform-markets.rq")
        assert set(read.refused) == left_out, since
