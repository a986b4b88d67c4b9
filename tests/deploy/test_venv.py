"""What `make` does before anything is installed, with no more than Python."""

import ast
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "deploy/venv.py"
OLD = "import runpy, sys; sys.version_info = (3, 10, 9); runpy.run_path(sys.argv[1], run_name='__main__')"


def test_an_old_python_is_told_so_in_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", OLD, str(SCRIPT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Hubbub needs Python 3.11 or newer")
    assert done.stderr.count("\n") == 1


def test_an_older_python_can_read_the_file_that_says_so() -> None:
    ast.parse(SCRIPT.read_text(), feature_version=(3, 7))
