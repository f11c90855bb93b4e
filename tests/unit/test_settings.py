"""The settings of verify and update: what is wrong with them is said in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from autogpt_seed import ConfigurationError, updating, verification

COMMANDS = pytest.mark.parametrize("load", [verification.load_settings, updating.load_settings])
Load = Callable[[Mapping[str, object]], object]


@COMMANDS
def test_a_misspelt_setting_brings_a_suggestion_and_all_that_there_are(load: Load) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({"graps": "3"})
    assert caught.value.sentence.endswith("graps: unknown setting, did you mean graphs?")
    assert caught.value.remedy.startswith("Settings: ")


@COMMANDS
def test_an_unknown_setting_that_resembles_none_brings_no_suggestion(load: Load) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({"xyzzy": "a secret"})
    assert caught.value.sentence.endswith("is not valid: xyzzy: unknown setting.")
    assert "a secret" not in str(caught.value)


@COMMANDS
def test_every_wrong_setting_is_named_with_its_value(load: Load) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load({"graphs": "many", "listings": "-1"})
    assert "graphs = many: should be a whole number." in caught.value.sentence
    assert "listings = -1: should be" in caught.value.evidence
    assert not caught.value.remedy
