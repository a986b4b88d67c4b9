"""The unit tests of the browser code, by Node's own runner: `node --test tests/js` runs them too.

The Node is the one that Playwright brings along, so that a machine without one runs them as well.
"""

import subprocess
from pathlib import Path

import playwright

ROOT = Path(__file__).parent.parent.parent
NODE = Path(playwright.__file__).parent / "driver" / "node"


def test_the_modules_pass_their_own_tests() -> None:
    files = sorted((ROOT / "tests/js").glob("*.test.js"))
    run = subprocess.run(
        [NODE, "--test", "--test-reporter=tap", *files], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout
    written = sum(path.read_text().count("\ntest(") for path in files)
    passed = int(run.stdout.rpartition("\n# pass ")[2].partition("\n")[0])
    assert passed >= written > 0
