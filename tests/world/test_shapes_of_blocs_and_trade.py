"""The shapes of blocs and trade find what is missing or twice, and let through what is complete."""

from __future__ import annotations

from kg.settings import CHECKOUT
from kg.terms import PREFIXES as NAMESPACES

SHAPES = CHECKOUT / "ontology" / "shapes"
PREFIXES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in NAMESPACES.items())

SOUND = {
    "membership": "a ep:BlocMembership ; ep:member id:GB ; ep:membershipBloc id:EU ; ep:standing id:standing-member",
    "affiliation": "a ep:BlocAffiliation ; ep:affiliate id:MM ; ep:affiliationBloc id:RCEP ; ep:standing id:standing-signatory",
}
