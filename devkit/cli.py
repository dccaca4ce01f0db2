"""What dev.py understands, and how it ends."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from devkit import commands
from devkit.demo import run_demo
from devkit.places import Places
from devkit.trouble import Stopped, Trouble, explain_os_error

PASSED_ON = {"test": commands.run_tests, "manage": commands.run_manage, "bench": commands.run_bench}


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="dev.py", description=__doc__)
    words = top.add_subparsers(dest="word", required=True)
    demo = words.add_parser("demo", help="start the portal with demo data; Ctrl-C stops it")
    demo.add_argument("--reset", action="store_true", help="delete the demo's data first")
    demo.add_argument("--port", type=int, default=8000, help="the web server's port (8000; 0 picks a free one)")
    demo.add_argument("--check", action="store_true", help="start, wait until the pages answer, print seconds, stop")
    words.add_parser("test", help="run the tests: dev.py test [pytest arguments]")
    words.add_parser("manage", help="run a management command: dev.py manage COMMAND …")
    words.add_parser("bench", help="measure: dev.py bench [CASE …] [--json]")
    return top


def run(argv: Sequence[str]) -> int:
    if argv and argv[0] in PASSED_ON:  # the rest is the command's own, options too
        return PASSED_ON[argv[0]](Places(), argv[1:])
    given = parser().parse_args(argv)
    if not 0 <= given.port <= 65535:
        raise Trouble(f"{given.port} is no port; ports go from 0 to 65535")
    return run_demo(Places(), reset=given.reset, port=given.port, check=given.check)


def asked_to_stop(number: int, frame: FrameType | None) -> None:
    raise Stopped(128 + number)


def main(argv: Sequence[str]) -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, asked_to_stop)
    try:
        return run(argv)
    except Trouble as trouble:
        print(f"dev.py: {trouble}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read our output has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"dev.py: {explain_os_error(error)}", file=sys.stderr)
        return 1
    except Stopped as stopped:
        return int(stopped.args[0])
    except KeyboardInterrupt:
        print("dev.py: stopped", file=sys.stderr)
        return 130
