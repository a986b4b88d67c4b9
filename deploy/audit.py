"""Looks for known vulnerabilities in the installed packages, and says plainly when it could not look."""

import json
import subprocess
import sys

LIMIT_SECONDS = 180


def main() -> None:
    report = _report()
    if report is None:
        print("NOT AUDITED: the advisories could not be reached, so nothing is known about vulnerabilities.")
        return
    found = [
        f"{package['name']} {package['version']}: {hole['id']}, fixed in {', '.join(hole['fix_versions']) or 'nothing'}"
        for package in report["dependencies"]
        for hole in package.get("vulns", [])
    ]
    print(
        *found,
        f"Audited {len(report['dependencies'])} packages, {len(found)} known vulnerabilities.",
        sep="\n",
    )
    sys.exit(1 if found else 0)


def _report() -> dict | None:
    """What pip-audit found, or None where it did not come to an end."""
    command = [sys.executable, "-m", "pip_audit", "--local", "--skip-editable", "--progress-spinner=off"]
    try:
        done = subprocess.run(
            [*command, "--format=json"], capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
        )
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None


if __name__ == "__main__":
    main()
