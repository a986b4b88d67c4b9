"""`hubbub export` and `hubbub import`, as they are typed."""

import os
import subprocess
import sys
from pathlib import Path

from app.database.engine import DB
from app.follows.services import follow_member
from app.posts.schemas import NewPost
from app.posts.services import publish_post
from tests.cast import Cast
from tests.fixtures import _empty
from tests.serving import ROOT


def hubbub(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *words],
        cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


async def test_an_archive_goes_out_and_in(cast: Cast, tmp_path: Path) -> None:
    await publish_post(cast.alice.viewer, NewPost(title="Tea", body="Which?", tags=[]))
    await follow_member(cast.alice.viewer, cast.bob.id)
    path = str(tmp_path / "alice.zip")
    out = hubbub("export", "Alice", path)
    assert (out.returncode, out.stderr) == (0, "")
    again = hubbub("export", "alice", path)
    assert (again.returncode, again.stderr) == (1, f"hubbub: {path} is there already.\n")
    await _empty(DB)
    into = hubbub("import", path)
    assert (into.returncode, into.stderr) == (0, "")
    assert into.stdout.splitlines()[-3:] == [
        "alice: posts 1, follows 1.", "1 more are about what is not here:", "  follow of bob",
    ]  # fmt: skip
    assert [row["title"] for row in await DB.fetch("SELECT title FROM posts")] == ["Tea"]
    again = hubbub("import", path)
    assert again.stdout.splitlines()[-3:] == [
        "alice: nothing that was not here.", "1 more are about what is not here:", "  follow of bob",
    ]  # fmt: skip


async def test_what_cannot_be_done_is_one_line(cast: Cast, tmp_path: Path) -> None:
    nobody = hubbub("export", "nobody", str(tmp_path / "x.zip"))
    assert (nobody.returncode, nobody.stderr) == (1, "hubbub: there is no member called nobody.\n")
    missing = hubbub("import", str(tmp_path / "no.zip"))
    assert missing.returncode == 1
    assert missing.stderr.count("\n") == 1
