"""How we answer: HTTP in front of ``kg``; no RDF library is used here."""
