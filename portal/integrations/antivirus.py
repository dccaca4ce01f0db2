"""Files are shown to ClamAV before they are kept, where the setting names one (`ANTIVIRUS_URL`); else to nobody.

clamd's own protocol: INSTREAM sends the content in pieces, each after its length, and a piece of no length ends it.
Where it is asked for and does not answer, nothing is kept: an unchecked file is no better than a dangerous one.
"""

from __future__ import annotations

import socket
import struct
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings

PIECE = 64 * 1024
CONNECT_SECONDS, SECONDS = 3.0, 30.0
PORT = 3310
LONGEST_ANSWER = 4096
log = structlog.get_logger("portal.antivirus")


class NoAnswer(Exception):
    """The check could not be made: it does not answer, or would not read so much."""


def is_on() -> bool:
    return bool(settings.ANTIVIRUS_URL)


def found_in(upload: Any) -> str:
    """Return the name of what is dangerous in a file; nothing where nothing is, or where no check is set up.

    Raises:
        NoAnswer: the check did not answer, or could not read the file.
    """
    if not is_on():
        return ""
    upload.seek(0)
    answer = asked(b"zINSTREAM\0", upload)
    upload.seek(0)
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return ""
    if said.endswith(" FOUND"):
        name = said.removesuffix(" FOUND")
        log.warning("a dangerous file was refused", what=name)
        return name
    log.error("the virus check refused to read a file", answer=said[:200])
    raise NoAnswer(said)


def answers() -> bool:
    """Say whether the check that is set up answers now."""
    try:
        return asked(b"zPING\0", seconds=CONNECT_SECONDS) == "PONG"
    except NoAnswer:
        return False


def asked(command: bytes, upload: Any = None, *, seconds: float = SECONDS) -> str:
    """Return what clamd says to a command, with a file's content after it where there is one.

    Raises:
        NoAnswer: it does not.
    """
    try:
        with connected() as line:
            line.settimeout(seconds)
            line.sendall(command)
            if upload is not None:
                stream(line, upload)
            return read_answer(line)
    except OSError as error:
        log.error("the virus check does not answer", error=type(error).__name__)
        raise NoAnswer(type(error).__name__) from error


def connected() -> socket.socket:
    """Return a connection to the address in the settings: tcp://host:port or unix:///path."""
    address = urlsplit(settings.ANTIVIRUS_URL)
    if address.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(CONNECT_SECONDS)
        try:
            line.connect(address.path)
        except OSError:
            line.close()
            raise
        return line
    if address.scheme != "tcp" or not address.hostname:
        raise OSError("ANTIVIRUS_URL")
    return socket.create_connection((address.hostname, address.port or PORT), timeout=CONNECT_SECONDS)


def stream(line: socket.socket, upload: Any) -> None:
    """Send the whole content; clamd that has seen enough closes early, and its answer says why."""
    try:
        while piece := upload.read(PIECE):
            line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        return


def read_answer(line: socket.socket) -> str:
    """Return the answer, up to the nought that ends it."""
    answer = b""
    while b"\0" not in answer and len(answer) < LONGEST_ANSWER and (piece := line.recv(LONGEST_ANSWER)):
        answer += piece
    return answer.partition(b"\0")[0].decode("utf-8", "replace").strip()
