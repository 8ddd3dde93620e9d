"""`setmirror probe`: checks the facts about Live that this program relies on in the running Live."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mcp_server.commands import options, outputs
from mcp_server.commands.console import Failure, run_async, say, say_json, style

if TYPE_CHECKING:
    from mcp_server.probe import Outcome
    from mirror import Mirror


@click.command("probe", short_help="Check the facts about Live that SetMirror relies on.")
@click.option("--list", "listed", is_flag=True, help="List the facts; needs no Live.")
@click.option("--only", metavar="NAME", multiple=True, help="A fact or a theme from --list; repeatable.")
@click.option(
    "--devices",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True),
    help="Instead, write the parameters of every native device to FILE, and list differences from headless Live.",
)
@click.option(
    "--listeners",
    is_flag=True,
    help="Instead, measure the cost of listeners in this Live, and estimate the cost of a large Set.",
)
@options.as_json
@options.port
def command(
    listed: bool, only: tuple[str, ...], devices: str | None, listeners: bool, as_json: bool, port: int
) -> None:
    """Check the facts about Live that SetMirror relies on in the running Live.

    Needs a new, empty Set that does not play, takes about two minutes, and leaves the Set as it was. Exit code 0
    if all facts are confirmed. Please report a fact that differs in a real Live: its line has the expected and the
    seen behaviour and Live's version. Facts marked as a guess have not been checked on a real Live yet.
    With --listeners the command takes some seconds; the memory is right once per start of Live, which uses freed
    memory again.
    """

    async def main() -> None:
        from mcp_server import probe
        from mcp_server.commands.link import linked
        from mirror import errors

        try:
            if listed:
                _list(as_json, only)
                return
            async with linked(port) as mirror:
                if devices is not None:
                    await _devices(mirror, devices, as_json)
                    return
                if listeners:
                    _tell_costs(mirror.live_version, await probe.costs_of_listeners(mirror), as_json)
                    return

                def report(outcome: Outcome) -> None:
                    if as_json:
                        say_json({**asdict(outcome), "live": mirror.live_version})
                    else:
                        _tell(outcome)

                outcomes = await probe.run(mirror, report, only)
        except errors.MirrorError as problem:
            raise Failure(problem.rule, problem.hint) from None
        differ = [outcome for outcome in outcomes if outcome.agrees is False]
        if not as_json:
            _sum_up(mirror.live_version, outcomes, differ)
        if differ:
            raise Failure(f"{len(differ)} facts differ in this Live", "please report the lines above")

    run_async(main)


async def _devices(mirror: Mirror, path: str, as_json: bool) -> None:
    """Write the dump and print its differences from headless Live; a difference is a result, not a failure."""
    from mcp_server.probe import device_dump

    dump = await device_dump.dump(mirror, lambda line: None if as_json else say(line))
    _write(path, dump)
    differ = device_dump.differences(dump)
    if as_json:
        say_json({"live": dump["live"], "devices": len(dump["devices"]), "differ": differ})
        return
    for class_name, lines in differ.items():
        say(style(class_name, bold=True))
        for line in lines:
            say(f"        {line}")
    say(
        f"Live {dump['live']}: {len(dump['devices'])} devices written to {path}, {len(differ)} differ from headless "
        "Live; please attach the file to a report"
    )


def _tell_costs(live: str, figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        say_json({"live": live, **figures})
        return
    from remote_script.SetMirror.rounds import WITHIN_S

    large = figures["large_set"]
    for about, name, unit in (
        ("attach 1,000 listeners", "attach_ms_per_1000", "ms"),
        ("1,000 calls of listeners", "call_ms_per_1000", "ms"),
        ("remove 1,000 listeners", "remove_ms_per_1000", "ms"),
        ("memory for 1,000 listeners", "memory_kb_per_1000", "kB"),
        ("read a parameter's value", "read_us", "µs"),
        ("set a value by a write, checks included", "set_ms", "ms"),
        ("from one pump to the next (p50)", "timer_ms", "ms"),
        ("a wait of the pump of 1 ms (p50)", "wait_of_1_ms", "ms"),
    ):
        say(f"{about:<44} {_figure(figures[name], unit)}")
    say(
        f"Live {live}, a Set of {large['parameters']:,} parameters with {large['listeners']:,} listeners, by these "
        f"figures: attach {_figure(large['attach_s'], 's')}, remove {_figure(large['remove_s'], 's')}, read all values "
        f"once {_figure(large['read_values_s'], 's')}, memory {_figure(large['memory_mb'], 'MB')}; names and states "
        f"of all parameters, read every {WITHIN_S:g} s: {large['rounds_percent']:g} % of Live's main thread"
    )


def _figure(value: float | None, unit: str) -> str:
    return "not measured" if value is None else f"{value:g} {unit}"


def _write(path: str, dump: dict[str, Any]) -> None:
    data = json.dumps(dump, ensure_ascii=False, indent=1).encode()
    outputs.write(Path(path), data, "JSON object", b"{")


def _list(as_json: bool, only: tuple[str, ...]) -> None:
    from mcp_server import probe

    for theme, experiment in probe.experiments(only):
        if as_json:
            facts = {
                "theme": theme.name,
                "name": experiment.name,
                "fact": experiment.fact,
                "guess": experiment.guess,
            }
            say_json(facts)
        else:
            say(
                f"{theme.name:<10} {experiment.name:<32} {experiment.fact}{' (a guess)' if experiment.guess else ''}"
            )


def _sum_up(live: str, outcomes: list[Outcome], differ: list[Outcome]) -> None:
    """Print the counts, and again the facts that differ, which are easily missed among hundreds of lines."""
    absent = sum(outcome.agrees is None for outcome in outcomes)
    guesses = sum(outcome.guess for outcome in differ)
    say(
        f"Live {live}: {len(outcomes) - absent} facts tried, {len(differ)} differ"
        + (f" ({guesses} of them guesses)" if guesses else "")
        + (f"; {absent} are of other versions of Live" if absent else "")
    )
    for outcome in differ:
        _tell(outcome)


def _tell(outcome: Outcome) -> None:
    verdicts = {
        True: style("agrees ", fg="green"),
        False: style("differs", fg="red", bold=True),
        None: style("no such", fg="yellow"),
    }
    guess = " (a guess)" if outcome.guess else ""
    say(f"{verdicts[outcome.agrees]} {outcome.name}: {outcome.fact}{guess}")
    if outcome.agrees is False:
        say(f"        expected {outcome.expected!r}, seen {outcome.seen!r}")
    if outcome.note:
        say(f"        {outcome.note}")
