"""From axioms and facts to everything that follows, with the reasons. In reading order:

Axioms as rules
    ``horn`` what a rule is; ``schema`` the axioms in a graph; ``property_axioms``, ``class_axioms``, ``schema_axioms``
    and ``swrl``, put together by ``rules``; ``swrl_atoms``, ``builtins`` and ``endless`` what SWRL rules may say and
    compute; ``datatypes``, ``spelling`` and ``literals`` what the values of literals add; ``trivial`` what holds of
    anything.
Rules as a closure
    ``facts`` triples by number, and which derivations count; ``equality`` what is the same; ``joins`` a rule as a
    function; ``keys`` an index for the rules that are keys; ``triggers`` which joins to try; ``closure`` forward
    chaining.
Rules that negate, aggregate and compute
    ``scope`` what a solution rests on; ``strata`` the rules and their files; ``order`` whether their order works;
    ``reason`` all of it in a row.
Proofs
    ``basis`` what a fact rests on; ``proofs`` why a fact holds, written and read, the shallowest proof first;
    ``wording``, ``render`` and ``contradictions`` proofs for people and programs; ``reference`` another reasoner to
    compare with.
"""
