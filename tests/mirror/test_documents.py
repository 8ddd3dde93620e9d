"""The pages of the mirror agree with its code: PROTOCOL.md row by row, its diagram from the table."""

from __future__ import annotations

import ast
import inspect
import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from types import ModuleType

import mirror.draft
from mirror import errors, wire
from mirror.store import Store
from mirror.sync import FOR_PERSONS
from remote_script.SetMirror import batches
from remote_script.SetMirror.contract import limits
from remote_script.SetMirror.contract.errors import TABLE
from remote_script.SetMirror.guard import Guard
from remote_script.SetMirror.policy_requests import PolicyRequests
from remote_script.SetMirror.questions import Questions
from remote_script.SetMirror.requests import Requests

from .diagram import PAGE as PATH
from .diagram import diagram, drawn

PAGE = PATH.read_text("utf-8")
GREETING = ("bridge.hello", "bridge.authenticate")
LIMITED = {
    "remote_script.SetMirror": (
        "wire", "server", "clients", "requests", "listener_probe", "sent_batches", "batches", "write", "executor",
        "finished_writes", "questions", "policy_requests", "guard", "contract.limits",
    ),
    "mirror": ("wire", "sync", "link", "writes", "recovery", "outcomes", "subscriptions", "events"),
}  # fmt: skip
"""The modules with numbers that matter to a peer."""
UNITS = {"": 1, "B": 1, "KiB": 1024, "MiB": 1024 * 1024, "s": 1}


def rows(heading: str) -> dict[str, list[str]]:
    """The table under a heading: the name in its first column → the other cells."""
    section = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    (text,) = [part for part in section if part.startswith(heading + "\n")]
    found = re.findall(r"^\| `([^`]+)` \|(.*)\|$", text, re.MULTILINE)
    named = {name: [cell.strip() for cell in cells.split(" | ")] for name, cells in found}
    assert len(named) == len(found), "a name stands twice"
    return named


def need_rows(heading: str, code: set[str], home: str) -> None:
    """Fail with a sentence unless the table under a heading has exactly the names of the code in `home`."""
    page = set(rows(heading))
    assert code <= page, f"mirror/PROTOCOL.md, {heading}: add a row for {', '.join(sorted(code - page))}"
    assert page <= code, f"mirror/PROTOCOL.md, {heading}: {home} has no {', '.join(sorted(page - code))}"


def numbers(module: ModuleType) -> dict[str, float]:
    """The public constants that a module defines itself and that are numbers."""
    statements = ast.parse(inspect.getsource(module)).body
    targets = [target for each in statements if isinstance(each, ast.Assign) for target in each.targets]
    names = [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
    constants = {name: getattr(module, name) for name in names if name.isupper() and name[0] != "_"}
    return {name: value for name, value in constants.items() if type(value) in (int, float)}


def answered() -> set[str]:
    """The methods that the script answers."""
    questions = Questions(lambda: 0.0, list)
    policy = PolicyRequests(Guard(lambda: 0.0, print), questions, lambda: None)
    handlers = Requests(
        lambda: None, lambda: None, dict, policy, lambda engine: None, lambda seconds: None
    ).handlers
    return {*handlers, *GREETING}


def test_the_page_names_every_method_that_the_script_answers() -> None:
    need_rows("Methods", answered(), "requests.py or policy_requests.py of remote_script/SetMirror")


def test_the_page_names_every_notice_that_the_mirror_knows() -> None:
    need_rows("Notices", {*wire.PARAMS, *FOR_PERSONS}, "PARAMS of mirror/wire.py or FOR_PERSONS of sync.py")


def test_the_page_names_every_notice_that_the_script_sends() -> None:
    folder = Path(batches.__file__).parent
    texts = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    dotted = set(re.findall(r'"((?:bridge|set|probe|write|policy|question|client)\.[a-z_]+)"', texts))
    need_rows("Notices", dotted - answered(), "remote_script/SetMirror")
    assert answered() <= dotted


def test_the_page_names_every_kind_of_change_that_is_sent_and_that_the_store_takes() -> None:
    kinds = set(rows("Objects and changes"))
    sent = set(re.findall(r"""encode\(\["([a-z]+)"|b'\["([a-z]+)",'""", inspect.getsource(batches)))
    assert {one or other for one, other in sent} == kinds
    assert (
        set(re.findall(r'^            "([a-z]+)": self\._', inspect.getsource(mirror.draft), re.MULTILINE))
        == kinds
    )
    store = Store()
    store.apply(1, [[kind] for kind in sorted(kinds)])
    assert not [name for name in store.bad if name.startswith("unknown change")]


def test_the_page_names_every_error_with_its_code() -> None:
    need_rows("Errors", set(TABLE), "remote_script/SetMirror/contract/errors.py")
    assert {name: int(cells[0]) for name, cells in rows("Errors").items()} == {
        name: code for name, (code, _) in TABLE.items()
    }


def test_every_error_of_the_bridge_has_an_exception_of_the_mirrors() -> None:
    without = sorted(set(TABLE) - set(errors.CLASSES))
    assert without == [], f"mirror/errors.py has no exception with error = {', '.join(without)}"


def test_every_error_that_is_raised_is_in_the_table_with_a_code_of_its_own() -> None:
    folder = Path(batches.__file__).parent
    texts = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    raised = set(re.findall(r'BridgeError\(\s*"([A-Z_]+)"', texts)) | set(errors.CLASSES)
    assert len(raised) > 20
    unknown = sorted(raised - set(TABLE))
    assert unknown == [], f"TABLE of remote_script/SetMirror/contract/errors.py has no {', '.join(unknown)}"
    codes = Counter(code for code, _ in TABLE.values())
    assert [code for code, times in codes.items() if times > 1] == []


def test_the_page_names_every_limit_with_its_value() -> None:
    written = {}
    for name, (value, _) in rows("Limits").items():
        number, _, unit = value.partition(" ")
        written[name] = float(number.replace(",", "")) * UNITS[unit]
    held = {
        f"{package.rpartition('.')[2]}.{module}.{name}": float(value)
        for package, modules in LIMITED.items()
        for module in modules
        for name, value in numbers(import_module(f"{package}.{module}")).items()
        if module == "contract.limits" or name not in numbers(limits)
    }
    assert written == held


def test_the_readmes_diagram_is_drawn_from_the_table() -> None:
    assert drawn(PAGE) == [diagram()], "run python -m tests.mirror.diagram"
