"""Where the embedded server lives, and what it says where it cannot."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
import pytest

from autogpt_seed.database.embedded import EmbeddedServer, default_home
from autogpt_seed.database.embedded.account import Account
from autogpt_seed.database.embedded.layout import Layout, make_folder
from autogpt_seed.errors import ConfigurationError


def test_the_home_is_the_users_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTOGPT_SEED_HOME", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert default_home() == platformdirs.user_data_path("autogpt-seed")


def test_the_home_of_root_is_one_that_another_user_can_enter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AUTOGPT_SEED_HOME", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_home() == Path("/var/lib/autogpt-seed")


def test_a_variable_overrides_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AUTOGPT_SEED_HOME", str(tmp_path))
    assert default_home() == tmp_path
    assert EmbeddedServer().data_folder.is_relative_to(tmp_path)


@pytest.mark.parametrize("name", ["x" * 90, "é" * 50, "a,b", 'a"b'])
def test_a_socket_stands_elsewhere_where_its_path_would_be_unusable(name: str) -> None:
    folder = Layout(Path("/srv", name)).socket_folder
    assert not folder.is_relative_to("/srv")
    assert len(os.fsencode(folder / ".s.PGSQL.65535")) <= 103
    assert folder != Layout(Path("/srv", name, "other")).socket_folder


def test_a_socket_stands_beside_the_data_where_the_path_is_short() -> None:
    assert Layout(Path("/srv/a home")).socket_folder == Path("/srv/a home/socket")


def test_new_folders_are_private_and_existing_ones_stay_as_they_are(tmp_path: Path) -> None:
    tmp_path.chmod(0o751)
    make_folder(tmp_path / "new" / "home", Account())
    modes = [path.stat().st_mode & 0o777 for path in (tmp_path, tmp_path / "new" / "home")]
    assert modes == [0o751, 0o700]


def test_a_folder_that_the_servers_account_cannot_enter_is_refused_untouched(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(ConfigurationError, match="cannot enter") as caught:
        make_folder(tmp_path / "home", Account(uid=65534, gid=65534))
    assert "AUTOGPT_SEED_HOME" in caught.value.remedy
    assert list(tmp_path.iterdir()) == []
    assert tmp_path.stat().st_mode & 0o777 == 0o700
