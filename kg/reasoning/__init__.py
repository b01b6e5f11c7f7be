"""From axioms and facts to everything that follows, with the reasons. In reading order:

``horn`` what a rule is; ``schema`` the axioms in a graph; ``property_axioms``, ``class_axioms`` and ``swrl``, put
together by ``rules``: axioms as rules; ``values``, ``builtins``, ``swrl_atoms`` and ``endless`` what SWRL rules may
compute; ``facts`` which derivations count; ``joins`` a rule as a function;
``closure`` forward chaining; ``scope``, ``order`` and ``strata`` rules that negate, aggregate and compute; ``reason``
all of it in a row; ``basis`` what a fact rests on; ``proofs`` why a fact holds, written and read; ``render`` a proof
for people and programs.
"""
