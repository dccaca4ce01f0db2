#!/usr/bin/env python3
"""One entry for working on the portal: demo, test, manage, bench. Needs nothing but Python."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "dev.py: Python 3.11 or newer is needed; this is Python %d.%d (%s)"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )
if sys.platform == "win32":
    sys.exit("dev.py: Linux or macOS is needed; on Windows, run it inside WSL")

if __name__ == "__main__":
    try:
        from devkit.cli import main  # only now: an older Python must meet the lines above first

        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
