"""The output of all commands to the terminal, as lines and as JSON, and the end of a command.

Ctrl-C, SIGTERM, a closed pipe and every error end a command without a traceback.

A stream keeps the encoding that its reader expects (cp1252 and cp437 on Windows, ASCII in a bare environment). A
character that the encoding does not have is replaced, so no name in a Set can end a command. JSON stays exact: it is
escaped where the stream is not UTF-8. Only `style` writes colours; `NO_COLOR` and a pipe switch them off.
"""

from __future__ import annotations

import codecs
import errno
import io
import json
import os
import re
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import click

FAILED, WRONG_USAGE = 1, 2
INTERRUPTED = 130
"""The exit code that a shell reports for a program that Ctrl-C ended."""
ENCODE_ERRORS = "setmirror"
"""The error handler of our streams, by its name in `codecs`."""
_PLAIN = {
    "→": "->",
    "←": "<-",
    "─": "-",
    "—": "-",
    "–": "-",
    "−": "-",
    "…": "...",
    "·": ".",
    "×": "x",
    "’": "'",
}
_PLAIN.update({"“": '"', "”": '"', "♭": "b", "♯": "#", "≤": "<=", "≥": ">=", "\u00a0": " "})
"""Our own typography in ASCII."""


class ReaderGone(Exception):
    """The reader of our output has closed the pipe (`| head`); the command ends without an error."""


class Failure(click.ClickException):
    """The command failed; the text has the reason, the hint the next step."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def show(self, file: Any = None) -> None:
        say(style("error: ", fg="red", bold=True) + self.message, err=True)
        if self.hint:
            say("  " + self.hint, err=True)


def style(text: str, **how: Any) -> str:
    """`text` with click's styles; `click.echo` removes them where the stream is not a terminal."""
    return text if "NO_COLOR" in os.environ else click.style(text, **how)


def say(text: str = "", *, err: bool = False) -> None:
    """Write one line and flush it, so that the reader of a pipe sees it at once; raises ReaderGone."""
    stream = sys.stderr if err else sys.stdout
    if stream is None:
        # pythonw.exe has no streams.
        return
    try:
        click.echo(text, file=stream)
        stream.flush()
    except OSError as problem:
        if not _closed(problem):
            raise
        raise ReaderGone from None


def say_json(value: Any, *, indent: int = 0) -> None:
    """Write a value as JSON to stdout: one line, or indented; escaped to ASCII for a stream that is not UTF-8."""
    import msgspec

    try:
        data = msgspec.json.encode(value)
        text = (msgspec.json.format(data, indent=indent) if indent else data).decode()
    except UnicodeEncodeError:
        # The value contains a path whose bytes are not UTF-8.
        text = json.dumps(msgspec.to_builtins(value), indent=indent or None)
    if not is_utf8(sys.stdout):
        text = re.sub(r"[^\x00-\x7f]+", lambda match: json.dumps(match[0])[1:-1], text)
    say(text)


def say_exact(text: str) -> None:
    """Write TOML or YAML with quoted texts to stdout; escaped to ASCII for a stream that is not UTF-8."""
    utf8 = is_utf8(sys.stdout)
    say(text if utf8 else "".join(char if char.isascii() else f"\\U{ord(char):08x}" for char in text))


def is_utf8(stream: Any) -> bool:
    """True when the stream can write every character."""
    return codecs.lookup(getattr(stream, "encoding", None) or "ascii").name == "utf-8"


def _replaced(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    failed = problem.object[problem.start : problem.end]
    return "".join(_PLAIN.get(char, "?") for char in failed), problem.end


codecs.register_error(ENCODE_ERRORS, _replaced)


def prepare_streams() -> None:
    """Let stdout and stderr replace characters that their encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ENCODE_ERRORS)


def _closed(problem: OSError) -> bool:
    """True for a write to a closed pipe; Windows calls that an invalid argument."""
    return isinstance(problem, BrokenPipeError) or (sys.platform == "win32" and problem.errno == errno.EINVAL)


def _abandon_stdout() -> None:
    """Discard buffered output: Python would report the closed pipe again when it flushes at its end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        # Stdout is not a file, for example in a test.
        pass


def run_command(command: click.Command, arguments: list[str] | None = None) -> int:
    """Run `command` and return its exit code; every known error is printed as one line without a traceback."""
    prepare_streams()
    try:
        code = command.main(arguments, prog_name="setmirror", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.Abort:
        return INTERRUPTED
    except SystemExit as ending:
        if ending.code != 1 or "_SETMIRROR_COMPLETE" in os.environ:
            return ending.code if isinstance(ending.code, int) else FAILED
        # click itself exits with status 1 only here: the reader of its own text (help) has closed the pipe.
        _abandon_stdout()
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except (Exception, BaseExceptionGroup) as problem:
        known = _only(problem)
        if isinstance(known, KeyboardInterrupt):
            return INTERRUPTED
        if isinstance(known, ReaderGone):
            _abandon_stdout()
            return 0
        failure = _failure(known)
        if failure is None:
            raise
        return _shown(failure)


def _shown(failure: click.ClickException) -> int:
    try:
        failure.show(file=sys.stderr)
    except (ReaderGone, OSError):
        # Nobody reads stderr either; the exit code still shows the failure.
        pass
    return failure.exit_code


def _failure(problem: BaseException) -> click.ClickException | None:
    """The failure to show for a known error; None for a programming error, which keeps its traceback."""
    if isinstance(problem, click.ClickException):
        return problem
    # Their modules are not imported here, so that `--help` needs neither hashes nor the mirror.
    auth = sys.modules.get("remote_script.SetMirror.contract.auth")
    if auth is not None and isinstance(problem, auth.TokenUnusable):
        return Failure(str(problem), "fix or delete that file; Live and every command use the same one")
    errors = sys.modules.get("mirror.errors")
    if errors is not None and isinstance(problem, errors.MirrorError):
        return Failure(problem.rule, problem.hint)
    if isinstance(problem, OSError):
        # A full disk, a folder without permission, a port in use: the state of the machine, not a programming error.
        named = f"{problem.filename}: " if problem.filename else ""
        return Failure(f"{named}{problem.strerror or problem}", "`setmirror doctor` checks folders and ports")
    return None


def _only(problem: BaseException) -> BaseException:
    """The single error in nested groups; KeyboardInterrupt and ReaderGone come before other errors."""
    while isinstance(problem, BaseExceptionGroup):
        for wanted in (KeyboardInterrupt, ReaderGone):
            if problem.split(wanted)[0] is not None:
                return wanted()
        if len(problem.exceptions) != 1:
            return problem
        problem = problem.exceptions[0]
    return problem


def run_async(main: Callable[[], Awaitable[Any]]) -> Any:
    """Run `main` on trio; Ctrl-C and SIGTERM cancel `main` and its tasks, and this function waits for their end.

    Raises:
      KeyboardInterrupt: `main` was interrupted.
    """
    import trio

    interrupted = False

    async def guarded() -> Any:
        nonlocal interrupted
        wanted = [signal.SIGINT, signal.SIGTERM]
        with trio.open_signal_receiver(*wanted) as signals:
            async with trio.open_nursery() as nursery:

                async def watch() -> None:
                    nonlocal interrupted
                    async for _ in signals:
                        interrupted = True
                        nursery.cancel_scope.cancel()

                nursery.start_soon(watch)
                try:
                    return await main()
                finally:
                    nursery.cancel_scope.cancel()

    try:
        result = trio.run(guarded)
    except BaseExceptionGroup as group:
        raise _only(group) from None
    if interrupted:
        raise KeyboardInterrupt
    return result
