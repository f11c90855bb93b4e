"""Values for columns that no entity knows: of any type, within the checks, reproducible.

`types.values_of` gives them; `checks` reads what check constraints leave of them.
"""
