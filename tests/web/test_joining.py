"""Style sheets and modules that are served as one file each."""

import re

import pytest

from app.web.assets import FILES, FOLDER
from app.web.joining import join_modules, join_sheets


def test_a_sheet_has_those_that_it_imports_in_their_order() -> None:
    files = {
        "css/all.css": '@import "./one.css";\n@import "./two.css";\n',
        "css/one.css": "a",
        "css/two.css": "b",
    }
    assert join_sheets("css/all.css", files) == "ab"


def test_a_module_comes_after_what_it_imports_and_each_once() -> None:
    files = {
        "js/app.js": 'import { one } from "./deep/one.js";\nimport { two } from "./two.js";\none(two);\n',
        "js/deep/one.js": 'import { two } from "../two.js";\nexport function one() {\n  return two;\n}\n',
        "js/two.js": "export const two = 2;\n",
    }
    joined = join_modules("js/app.js", files)
    assert [joined.index(line) for line in ("const two = 2", "function one", "one(two)")] == sorted(
        joined.index(line) for line in ("const two = 2", "function one", "one(two)")
    )
    assert joined.count("const two = 2") == 1
    assert "export" not in joined
    assert "import" not in joined


@pytest.mark.parametrize(
    "source",
    [
        'import x from "./x.js";\n',
        "export default 1;\n",
        'import { app } from "./app.js";\n',
        'export * from "./x.js";\n',
    ],
)
def test_what_cannot_be_joined_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"js/app\.js"):
        join_modules("js/app.js", {"js/app.js": source, "js/x.js": ""})


def test_comments_on_lines_of_their_own_stay_behind_and_nothing_else() -> None:
    module = """// Why.
/** What it takes:
 * much. */
export const one = "// not this"; // nor this
  // Deeper.
const two = `/* ${one} */`; /* or that */
"""
    kept = """const one = "// not this"; // nor this
const two = `/* ${one} */`; /* or that */
"""
    assert kept in join_modules("js/one.js", {"js/one.js": module})
    assert "Deeper" not in join_modules("js/one.js", {"js/one.js": module})
    sheet = "/* One\n * two */\na { color: red; } /* three */\n/* four */ b { c: d; }\n"
    assert (
        join_sheets("all.css", {"all.css": sheet})
        == "a { color: red; } /* three */\n/* four */ b { c: d; }\n"
    )


def test_every_sheet_of_a_component_is_in_the_one() -> None:
    sheets = {path.name for path in (FOLDER / "css").glob("*.css")}
    imported = set(re.findall(r'"\./(.+?)"', (FOLDER / "css/hubbub.css").read_text()))
    # Those belong to pages that are others' work, or that few have any use for.
    assert sheets - imported == {"hubbub.css", "admin.css", "reference.css", "case.css"}
    assert b"@import" not in FILES["css/hubbub.css"].body
