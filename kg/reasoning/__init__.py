"""From axioms and facts to everything that follows, with the reasons. In reading order:

``horn`` what a rule is; ``schema`` the axioms in a graph; ``property_axioms``, ``class_axioms``, ``schema_axioms`` and
``swrl``, put together by ``rules``: axioms as rules; ``datatypes`` and ``literals`` what the values of literals add to
them, ``swrl_atoms``, ``builtins`` and ``endless`` what SWRL rules may say and compute, ``trivial`` what holds of
anything; ``facts`` triples by number and which derivations count; ``equality`` what is the same; ``joins`` a rule as a
function, ``keys`` an index for the rules that are keys; ``closure`` forward chaining; ``scope``, ``order`` and
``strata`` rules that negate, aggregate and compute; ``reason`` all of it in a row; ``basis`` what a fact rests on;
``proofs`` why a fact holds, written and read, the shallowest proof first; ``wording``, ``render``
and ``contradictions`` proofs for people and programs; ``reference`` another reasoner to compare with.
"""
