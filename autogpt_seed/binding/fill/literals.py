"""Values of types that have no type in Python, as PostgreSQL's text form of them.

Each type has one line. Its function gives a different literal for each number.
"""

from __future__ import annotations

from collections.abc import Callable

from autogpt_seed.binding.fill.checks import Limits
from autogpt_seed.binding.fill.values import HUGE, Unfillable, Values
from autogpt_seed.binding.fill.words import code
from autogpt_seed.data_types import DataType

_BYTE = 256
_UNBOUNDED_BITS = 64
_DIMENSIONS = 3
"""Of a vector whose type names no number of them."""


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _octets(number: int, count: int) -> str:
    return number.to_bytes(count, "big").hex(":")


def _word(number: int) -> str:
    return f"a{code(number)}"


def _location(number: int) -> str:
    """A log position."""
    return f"{number >> 32:X}/{number & 0xFFFFFFFF:X}"


def _permissions(number: int) -> str:
    """Rights of a role that every server has."""
    letters = "awdDxt"
    return f"=r{''.join(c for n, c in enumerate(letters) if number >> n & 1)}/pg_monitor"


_LITERALS: dict[str, tuple[int, Callable[[int], str]]] = {
    # networks
    "inet": (2**24, _address),
    "cidr": (2**24, lambda n: f"{_address(n)}/32"),
    "macaddr": (2**40, lambda n: f"02:{_octets(n, 5)}"),
    "macaddr8": (2**48, lambda n: f"02:00:{_octets(n, 6)}"),
    # geometry
    "point": (2**31, lambda n: f"({n},{n + 1})"),
    "line": (2**31, lambda n: f"{{1,2,{n}}}"),
    "lseg": (2**31, lambda n: f"[({n},0),({n},1)]"),
    "box": (2**31, lambda n: f"({n + 1},1),({n},0)"),
    "path": (2**31, lambda n: f"[({n},0),({n},1),({n + 1},2)]"),
    "polygon": (2**31, lambda n: f"(({n},0),({n},1),({n + 1},2))"),
    "circle": (2**31, lambda n: f"<({n},0),1>"),
    "cube": (2**31, lambda n: f"({n}, 1)"),
    "seg": (2**20, lambda n: f"{n}"),
    "geometry": (2**31, lambda n: f"POINT({n % 360 - 180} {n // 360 / 1e6:.6f})"),
    "geography": (2**31, lambda n: f"POINT({n % 360 - 180} {n // 360 / 1e6:.6f})"),
    # documents and search
    "xml": (HUGE, lambda n: f"<value>{n + 1}</value>"),
    "jsonpath": (HUGE, lambda n: f'$."{_word(n)}"'),
    "tsvector": (HUGE, lambda n: f"'{_word(n)}':1"),
    "tsquery": (HUGE, lambda n: f"'{_word(n)}'"),
    "hstore": (HUGE, lambda n: f'"key"=>"{n + 1}"'),
    "ltree": (HUGE, lambda n: f"Top.{_word(n)}"),
    "lquery": (HUGE, lambda n: f"Top.{_word(n)}.*"),
    "ltxtquery": (HUGE, _word),
    "query_int": (2**31, lambda n: f"{n + 1}"),
    # what the server keeps its own books with
    "regclass": (2**31, lambda n: f"{n + 1}"),
    "regcollation": (2**31, lambda n: f"{n + 1}"),
    "regconfig": (2**31, lambda n: f"{n + 1}"),
    "regdictionary": (2**31, lambda n: f"{n + 1}"),
    "regnamespace": (2**31, lambda n: f"{n + 1}"),
    "regoper": (2**31, lambda n: f"{n + 1}"),
    "regoperator": (2**31, lambda n: f"{n + 1}"),
    "regproc": (2**31, lambda n: f"{n + 1}"),
    "regprocedure": (2**31, lambda n: f"{n + 1}"),
    "regrole": (2**31, lambda n: f"{n + 1}"),
    "regtype": (2**31, lambda n: f"{n + 1}"),
    "xid": (2**31, lambda n: f"{n + 3}"),
    "xid8": (HUGE, lambda n: f"{n + 3}"),
    "cid": (2**31, lambda n: f"{n}"),
    "tid": (2**32, lambda n: f"({n},1)"),
    "pg_lsn": (HUGE, _location),
    "pg_snapshot": (HUGE, lambda n: f"{n + 10}:{n + 11}:"),
    "txid_snapshot": (HUGE, lambda n: f"{n + 10}:{n + 11}:"),
    "refcursor": (HUGE, _word),
    "aclitem": (2**6, _permissions),
    "int2vector": (2**14, lambda n: f"{n} 1"),
    "oidvector": (2**31, lambda n: f"{n} 1"),
    "char": (26, lambda n: chr(ord("a") + n)),
}


def literals(data_type: DataType, limits: Limits) -> Values:
    """Text forms of a built-in type or an extension's. Raises `Unfillable` for unknown types."""
    name = data_type.name
    if limits.choices is not None:
        choices = limits.choices
        return Values(choices.__getitem__, len(choices))
    if name in _SIZED:
        return _SIZED[name](data_type, limits)
    if name not in _LITERALS:
        raise Unfillable(f"has the type {data_type.text}, for which no value is known")
    size, at = _LITERALS[name]
    return Values(at, size)


def byte_strings(_: DataType, limits: Limits) -> Values:
    """At least 8 bytes, where that is allowed."""
    most = limits.most if limits.most is not None else max(8, limits.least)
    length = max(min(8, most), limits.least)
    digits = min(length, 7)
    return Values(lambda n: n.to_bytes(length, "big"), _BYTE**digits)


def documents(_: DataType, limits: Limits) -> Values:
    """JSON, an object unless a check wants another type."""
    forms: dict[str, Callable[[int], str]] = {
        "array": lambda n: f"[{n + 1}]",
        "number": lambda n: f"{n + 1}",
        "string": lambda n: f'"{_word(n)}"',
        "boolean": lambda n: "true" if n % 2 else "false",
        "null": lambda _: "null",
    }
    sizes = {"boolean": 2, "null": 1}
    form = forms.get(limits.json_type, lambda n: f'{{"number": {n + 1}}}')
    return Values(form, sizes.get(limits.json_type, HUGE))


def _bits(data_type: DataType, limits: Limits) -> Values:
    """All strings of the type's width, or of 64 where it has none."""
    width = data_type.modifier if data_type.modifier > 0 else _UNBOUNDED_BITS
    width = max(limits.least, min(width, limits.most or width))
    return Values(lambda n: f"{n:0{width}b}", min(2**width, HUGE), usual=2 ** min(width, 20))


def _vectors(data_type: DataType, _: Limits) -> Values:
    """Vectors of pgvector whose first three components tell them apart."""
    dimensions = data_type.modifier if data_type.modifier > 0 else _DIMENSIONS
    thousand, lead = 1000, min(dimensions, _DIMENSIONS)
    rest = "".join(f",{(n * 37 % 200 - 100) / 1000}" for n in range(lead, dimensions))

    def at(number: int) -> str:
        components = []
        for _ in range(lead):
            number, part = divmod(number, thousand)
            components.append(str((part + 1) / thousand))
        return f"[{','.join(components)}{rest}]"

    return Values(at, thousand**lead, usual=thousand**lead)


def _sparse_vectors(data_type: DataType, _: Limits) -> Values:
    dimensions = data_type.modifier if data_type.modifier > 0 else _DIMENSIONS
    return Values(lambda n: f"{{1:{n + 1}}}/{dimensions}", 2**20)


_SIZED: dict[str, Callable[[DataType, Limits], Values]] = {
    "bit": _bits,
    "varbit": _bits,
    "vector": _vectors,
    "halfvec": _vectors,
    "sparsevec": _sparse_vectors,
}
