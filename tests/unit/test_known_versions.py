"""The known versions of the schema, shipped as lists of features."""

from __future__ import annotations

import json

from scripts.make_known_versions import REFERENCE, VERSIONS, features


def test_the_known_versions_are_those_of_the_reference() -> None:
    known = {path.stem: set(path.read_text("utf-8").splitlines()) for path in VERSIONS.iterdir()}
    assert known == {
        path.stem.removeprefix("schema-").replace("-", "_"): features(json.loads(path.read_text()))
        for path in REFERENCE.glob("schema-*.json")
    }
