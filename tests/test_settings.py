"""Settings: every one is known, checked and written down."""

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from app.settings import Settings, SettingsError, child_environment, load, variable
from tests.serving import ROOT

ROW = re.compile(r"^\| `(\w+)` \| (.*?) ?\| (.+) \|$", re.MULTILINE)


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A `.env` that is not there."""
    return tmp_path / ".env"


def test_without_anything_the_defaults_hold(nowhere: Path) -> None:
    assert load({}, nowhere) == Settings()


def test_each_setting_is_read_from_its_variable(nowhere: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql://me:secret@db:5433/hub?sslmode=require",
        "REDIS_URL": "redis://cache:6380/2",
        "HOST": "0.0.0.0",
        "PORT": "80",
        "HUBBUB_ENV": "production",
        "HUBBUB_NAME": "Our place",
        "HUBBUB_ORIGINS": "https://a.example, https://b.example",
        "HUBBUB_POOL_SIZE": "7",
    }
    found = load(given, nowhere)
    assert (found.host, found.port, found.name, found.pool_size) == ("0.0.0.0", 80, "Our place", 7)
    assert found.origins == ["https://a.example", "https://b.example"]
    assert found.production
    assert found.database_url == given["DATABASE_URL"]


def test_an_empty_variable_is_none_at_all(nowhere: Path) -> None:
    assert load({"HUBBUB_NAME": "", "PORT": ""}, nowhere) == Settings()


def test_variables_of_other_programs_are_left_alone(nowhere: Path) -> None:
    assert load({"PATH": "/bin", "MY_HUBBUB": "1", "hubbub_name": "x"}, nowhere) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUBBUB_NAEM", "A typing error"),
        ("HUBBUB_PORT", "80"),
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("HUBBUB_ENV", "staging"),
        ("HUBBUB_NAME", "x" * 61),
        ("HUBBUB_POOL_SIZE", "1"),
        ("HUBBUB_POOL_SIZE", "many"),
        ("HUBBUB_PING_MS", "0"),
        ("HUBBUB_SESSION_DAYS", "1.5"),
        ("DATABASE_URL", "mysql://localhost/hub"),
        ("DATABASE_URL", "localhost:5432"),
        ("DATABASE_URL", "postgresql://db:port/hub"),
        ("DATABASE_URL", "postgresql://db:99999/hub"),
        ("REDIS_URL", "http://localhost"),
        ("HUBBUB_URL", "ftp://example.org"),
        ("HUBBUB_URL", "example.org"),
        ("HUBBUB_SMTP_URL", "mail.example.org"),
    ],
)
def test_a_bad_value_or_an_unknown_name_is_one_clear_line(nowhere: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load({name: value}, nowhere)
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_refused_url_keeps_its_password_to_itself(nowhere: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load({"DATABASE_URL": "mysql://me:secret@db/hub"}, nowhere)
    assert "secret" not in str(refused.value)


def test_a_dotenv_file_is_read_and_the_environment_wins(nowhere: Path) -> None:
    nowhere.write_text(
        '# A comment\n\nHUBBUB_NAME="From the file"\nPORT=81\n  HOST = 127.0.0.2\nnot a line\n'
    )
    found = load({"PORT": "82"}, nowhere)
    assert (found.name, found.port, found.host) == ("From the file", 82, "127.0.0.2")


def test_an_unknown_name_in_the_dotenv_file_is_refused_too(nowhere: Path) -> None:
    nowhere.write_text("HUBBUB_NAEM=x\n")
    with pytest.raises(SettingsError, match="HUBBUB_NAEM"):
        load({}, nowhere)


def test_the_start_stops_with_one_line(tmp_path: Path) -> None:
    start = subprocess.run(
        [sys.executable, "-c", "import app.settings"], capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HUBBUB_NAEM": "x"},
    )  # fmt: skip
    assert start.returncode == 1
    assert start.stderr.startswith("hubbub: HUBBUB_NAEM")
    assert start.stderr.count("\n") == 1


def test_what_we_start_gets_our_settings_with_some_replaced() -> None:
    assert child_environment(port=81, name="Hub") == {**os.environ, "PORT": "81", "HUBBUB_NAME": "Hub"}


def test_the_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Settings().port = 1  # type: ignore[misc]  # that is the point


def test_the_readme_lists_every_setting_with_its_default() -> None:
    table = re.search(r"<!-- settings -->(.*)<!-- /settings -->", (ROOT / "README.md").read_text(), re.DOTALL)
    assert table is not None
    rows = {name: default for name, default, _ in ROW.findall(table[1])}
    assert rows == {variable(field.name): written(field) for field in msgspec.structs.fields(Settings)}


def written(field: msgspec.structs.FieldInfo) -> str:
    default = "" if field.default is msgspec.NODEFAULT else field.default
    return f"`{default}`" if default != "" else ""
