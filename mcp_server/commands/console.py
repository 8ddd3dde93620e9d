"""What every command needs of the terminal: plain lines where nobody looks, colour where somebody does, and
one clean end for Ctrl-C, SIGTERM, a closed pipe and every error.

`style` is the only place that knows colours; `NO_COLOR` and a pipe switch them off.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import click

from remote_script.SetMirror.contract.auth import TokenUnusable

INTERRUPTED = 130
"""What a shell reports for a program that ended by Ctrl-C."""


class Failure(click.ClickException):
    """The command could not do its work: the text says why, the hint what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def show(self, file: Any = None) -> None:
        say(style("error: ", fg="red", bold=True) + self.message, err=True)
        if self.hint:
            say("  " + self.hint, err=True)


def style(text: str, **how: Any) -> str:
    """`text` with click's style names; `click.echo` takes them off again where no terminal is."""
    return text if "NO_COLOR" in os.environ else click.style(text, **how)


def say(text: str = "", *, err: bool = False) -> None:
    """One line, at once: a reader at the other end of a pipe sees it when it is said."""
    click.echo(text, err=err)
    (sys.stderr if err else sys.stdout).flush()


def run_command(command: click.Command, arguments: list[str] | None = None) -> int:
    """Run `command` and tell its exit code; every known error ends in one line, not in a traceback."""
    try:
        code = command.main(arguments, standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.Abort:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone (`| head`): not an error. Python would complain again when it flushes at the
        # end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except (Exception, BaseExceptionGroup) as problem:
        known = _only(problem)
        if isinstance(known, KeyboardInterrupt):
            return INTERRUPTED
        failure = _failure(known)
        if failure is None:
            raise
        failure.show()
        return failure.exit_code


def _failure(problem: BaseException) -> click.ClickException | None:
    """An error that explains itself, as it is shown; None for a mistake of ours, which keeps its traceback."""
    if isinstance(problem, click.ClickException):
        return problem
    if isinstance(problem, TokenUnusable):
        return Failure(str(problem), "fix or delete that file; Live and every command use the same one")
    # Not imported for its own sake: `--help` needs no mirror.
    errors = sys.modules.get("mirror.errors")
    if errors is not None and isinstance(problem, errors.MirrorError):
        return Failure(problem.rule, problem.hint)
    return None


def _only(problem: BaseException) -> BaseException:
    """The one error in nested groups of one, or the interruption among others."""
    while isinstance(problem, BaseExceptionGroup):
        interrupted, _ = problem.split(KeyboardInterrupt)
        if interrupted is not None:
            return KeyboardInterrupt()
        if len(problem.exceptions) != 1:
            return problem
        problem = problem.exceptions[0]
    return problem


def run_async(main: Callable[[], Awaitable[Any]]) -> Any:
    """Run `main` on trio; Ctrl-C and SIGTERM cancel it, and everything that it began ends first.

    Raises:
      KeyboardInterrupt: it was interrupted.
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
