"""Values for unknown columns: of any type, narrowed by checks, numbered and repeatable.

`types.values_of` gives them; `checks` reads what check constraints leave of them.
"""
