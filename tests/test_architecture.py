"""The rules of the house, held by a machine: who may import, read, write, publish what.

Each rule takes a module's name and its source, and is shown to bite on a small bad sample.
"""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from app.database.engine import Engine

ROOT = Path(__file__).parent.parent
Rule = Callable[[str, ast.Module], Iterator[str]]

GROUND = {"database", "live", "jobs", "web", "mail"}
TOOLS = {"bundled", "demo", "dev", "permissions", "telemetry"}
ROOMS = {path.name for path in (ROOT / "app").iterdir() if (path / "__init__.py").exists()}
DOMAINS = ROOMS - GROUND - TOOLS

# What a domain's file is, by its name; higher may know lower. Anything else is one more part of the services.
LAYERS = {
    "tables": 0, "schemas": 0, "authors": 0, "viewer": 0, "cookies": 0, "scopes": 0, "suspended": 0,
    "policy": 1, "events": 1, "devices": 1, "images": 1, "names": 1, "texts": 1, "threads": 1,
    "queries": 2, "passwords": 2, "door": 4, "mails": 4, "jobs": 4, "api": 5, "pages": 5,
}  # fmt: skip
SERVICES = 3
# Where parts meet, and where the process begins.
MEETING_PLACES = {"app.asgi", "app.routes", "app.worker", "app.cli"}
# The viewer and the author are what everything else is about.
KNOWN_TO_ALL = {"app.accounts.viewer", "app.accounts.authors"}

# The comment is one statement (LIVE.md 3.2): it counts itself on its post and takes its place in the log.
ONE_STATEMENT = {
    "app.comments.writing": {"posts", "channels", "events", "outbox", "post_follows", "mentions"}
}
WRITES = re.compile(r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE)\s+\"?([a-z_]+)\"?", re.IGNORECASE)
# They tell of what no change is behind, or are told by the commit point.
WHISPERERS = {"app.live.typing", "app.live.activity", "app.live.hub"}
READERS = {"tables", "schemas", "events", "policy", "queries", "api", "pages", "jobs", "mails"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc"}


def test_imports_point_one_way() -> None:
    assert not found_in_app(import_upwards)


def test_the_ground_knows_no_domain() -> None:
    assert not found_in_app(import_of_domain)


def test_only_the_settings_read_the_environment() -> None:
    assert not found_in_app(read_of_environment)


def test_only_the_commit_point_publishes_and_enqueues() -> None:
    assert not found_in_app(publish_elsewhere)


def test_only_a_domains_services_write_its_tables() -> None:
    assert not found_in_app(write_of_foreign_table)


async def test_every_table_has_an_owner(database: Engine) -> None:
    rows = await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    assert {row["tablename"] for row in rows} - {"migration"} == set(owners())


def test_every_module_says_what_lives_there() -> None:
    assert not found_in_app(no_docstring)


def test_no_name_says_nothing() -> None:
    assert [module for module, _ in modules()]
    assert not [module for module, _ in modules() if VAGUE & set(module.split("."))]


BAD: list[tuple[Rule, str, str]] = []


def rule(*samples: tuple[str, str]) -> Callable[[Rule], Rule]:
    """A rule with modules that break it."""

    def note(checked: Rule) -> Rule:
        BAD.extend((checked, module, source) for module, source in samples)
        return checked

    return note


@rule(
    ("app.posts.services", "from app.posts.api import PostsController"),
    ("app.posts.services", "from app.comments import pages"),
    ("app.posts.queries", "from app.posts.services import publish_post"),
    ("app.posts.queries", "import app.posts.services"),
    ("app.posts.tables", "def late():\n    from app.posts.queries import get_post"),
    ("app.comments.events", "from app.comments import queries"),
    ("app.comments.jobs", "from app.comments.api import CommentsController"),
    ("app.comments.writing", "from app.comments import pages"),
)
def import_upwards(module: str, tree: ast.Module) -> Iterator[str]:
    own = layer(module)
    for imported in imports(tree):
        other = layer(imported)
        if own is None or other is None or module in MEETING_PLACES:
            continue
        # To enqueue them by function.
        names_a_job = own == SERVICES and (file_of(imported) or ROOT).stem == "jobs"
        same_outer = own >= LAYERS["api"] and other >= LAYERS["api"]
        if (other > own and not names_a_job) or (same_outer and imported != module):
            yield f"{module} imports {imported}"


@rule(
    ("app.web.guards", "from app.accounts.services import sign_in"),
    ("app.live.hub", "from app.posts import queries"),
    ("app.database.engine", "import app.comments.tables"),
    ("app.jobs.queue", "from app.accounts.jobs import send_welcome"),
)
def import_of_domain(module: str, tree: ast.Module) -> Iterator[str]:
    if room(module) not in GROUND:
        return
    for imported in imports(tree):
        known = any(imported.startswith(name) for name in KNOWN_TO_ALL)
        if room(imported) in DOMAINS and not known and imported.count(".") > 1:
            yield f"{module} imports {imported}"


@rule(
    ("app.live.hub", "import os\nport = os.environ['PORT']"),
    ("app.live.hub", "from os import environ"),
    ("app.live.hub", "import os\nport = os.getenv('PORT')"),
    ("app.live.hub", "from os import getenv as read"),
)
def read_of_environment(module: str, tree: ast.Module) -> Iterator[str]:
    readers = {"environ", "environb", "getenv", "getenvb"}
    taken = {
        alias.name
        for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "os"
        for alias in node.names
    }  # fmt: skip
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "os"
    }
    if (taken | used) & readers and module != "app.settings":
        yield f"{module} reads the environment"


@rule(
    ("app.posts.services", "from app.live import broker\nbroker.publish([])"),
    ("app.posts.services", "from app.live.broker import publish"),
    ("app.posts.services", "from app.live.broker import publisher\npublisher.publish([])"),
    ("app.posts.services", "from app.jobs import queue\nqueue.push([])"),
    ("app.posts.services", "from app.jobs.queue import enqueue"),
    ("app.accounts.api", "saq.enqueue('run')"),
    ("app.comments.services", "from app.live import activity\nactivity.say('post:1', 1, 1)"),
    ("app.comments.services", "from app.live import broker\nbroker.whisper('posts', b'')"),
)
def publish_elsewhere(module: str, tree: ast.Module) -> Iterator[str]:
    at_home = {"app.database.transaction", "app.live.broker", "app.jobs.queue", "app.jobs.relay"}
    if module in at_home:
        return
    for call, on in method_calls(tree):
        is_said = call in {"publish", "push", "enqueue"} and on not in {"change", "tokens"}
        is_whispered = on == "activity" or (call == "whisper" and module not in WHISPERERS)
        if is_said or is_whispered:
            yield f"{module} calls {on}.{call}"
    forbidden = {"app.live.broker.publish", "app.jobs.queue.push", "app.jobs.queue.enqueue"}
    yield from (f"{module} imports {name}" for name in imports(tree) & forbidden)


@rule(
    ("app.moderation.services", 'SQL = "UPDATE comments SET removed_at = now()"'),
    ("app.posts.services", 'await DB.fetch(f"INSERT INTO events (seq) VALUES ({seq})")'),
    ("app.posts.queries", 'SQL = "DELETE FROM posts"'),
    ("app.posts.api", 'SQL = "update posts set title = $1"'),
    ("app.comments.writing", 'SQL = "DELETE FROM users"'),
    ("app.posts.services", "from app.comments.tables import Comment\nawait Comment.delete()"),
    ("app.posts.services", "from app.comments.tables import Comment as C\nawait C.insert(C())"),
    ("app.posts.api", "from app.posts.tables import Post\nawait Post.update({})"),
)
def write_of_foreign_table(module: str, tree: ast.Module) -> Iterator[str]:
    for table in written(tree):
        owner = owners().get(table)
        is_service = module.rpartition(".")[2] not in READERS
        at_home = room(module) == owner and is_service
        if owner and not at_home and table not in ONE_STATEMENT.get(module, set()):
            yield f"{module} writes {table}"


@rule(("app.posts.services", "x = 1"))
def no_docstring(module: str, tree: ast.Module) -> Iterator[str]:
    if tree.body and not ast.get_docstring(tree):
        yield f"{module} has no docstring"


@pytest.mark.parametrize(("checked", "module", "source"), BAD)
def test_each_rule_bites(checked: Rule, module: str, source: str) -> None:
    assert list(checked(module, ast.parse(source)))


def found_in_app(checked: Rule) -> list[str]:
    return [breach for module, tree in modules() for breach in checked(module, tree)]


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "app").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text())


def imports(tree: ast.Module) -> set[str]:
    """Every name of ours that is imported, as far as it can be followed: module, or module and name."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("app.")}


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def layer(module: str) -> int | None:
    """How high a domain's file stands; None for everything that is no file of a domain."""
    file = file_of(module)
    if room(module) not in DOMAINS or file is None:
        return None
    return LAYERS.get(file.stem, SERVICES)


def file_of(name: str) -> Path | None:
    """The file of a module, or of what is imported from one."""
    parts = name.split(".")
    while len(parts) > 2:
        path = ROOT.joinpath(*parts).with_suffix(".py")
        if path.exists():
            return path
        parts.pop()
    return None


@cache
def owners() -> dict[str, str]:
    """The domain of each table."""
    from app.piccolo_app import APP_CONFIG  # noqa: PLC0415  # to be imported when the environment is ready

    return {table._meta.tablename: room(table.__module__) for table in APP_CONFIG.table_classes}


def written(tree: ast.Module) -> Iterator[str]:
    """Tables written by SQL in strings, and by Piccolo's classes."""
    classes = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".tables")
        for alias in node.names
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (name.lower() for name in WRITES.findall(node.value))
    for call, on in method_calls(tree):
        if on in classes and call in {"insert", "update", "delete", "alter", "save", "remove"}:
            yield _table_of(classes[on])


def method_calls(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each call of a method: its name, and what it is called on, as it is written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, ast.unparse(node.func.value)


def _table_of(class_name: str) -> str:
    from app.piccolo_app import APP_CONFIG  # noqa: PLC0415  # to be imported when the environment is ready

    return next(t._meta.tablename for t in APP_CONFIG.table_classes if t.__name__ == class_name)
