"""Binaries that the servers' user cannot reach are copied to where it can."""

from pathlib import Path

import pytest

from app.bundled import identity
from app.bundled.identity import Identity, within_reach

SOMEONE = Identity(65534, 65534)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(identity, "SHELTER", tmp_path / "shelter")
    program = tmp_path / "closed/site/wheel/bin/program"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    (program.parent / "note").write_text("text")
    (tmp_path / "closed").chmod(0o700)
    return tmp_path / "closed/site"


def test_without_a_change_of_user_nothing_is_copied(site: Path) -> None:
    assert within_reach(site, "wheel", ("wheel",), "1", Identity()) == site


def test_a_closed_folder_is_copied_for_everyone_to_run(site: Path, tmp_path: Path) -> None:
    copy = within_reach(site, "wheel", ("wheel",), "1", SOMEONE)
    assert copy == tmp_path / "shelter/wheel-1"
    assert (copy / "wheel/bin/program").stat().st_mode & 0o777 == 0o755
    assert (copy / "wheel/bin/note").stat().st_mode & 0o777 == 0o644
    assert all(place.stat().st_mode & 0o777 == 0o755 for place in (copy, copy.parent, copy / "wheel/bin"))


def test_it_is_copied_once_a_version(site: Path) -> None:
    first = within_reach(site, "wheel", ("wheel",), "1", SOMEONE)
    (site / "wheel/bin/program").write_text("changed")
    assert within_reach(site, "wheel", ("wheel",), "1", SOMEONE) == first
    assert (first / "wheel/bin/program").read_text() == "#!/bin/sh\n"
    assert (
        within_reach(site, "wheel", ("wheel",), "2", SOMEONE) / "wheel/bin/program"
    ).read_text() == "changed"
