"""The names of Live's frameworks: a script's imports exist, with Live's signatures and constants."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from remote_script.headless import HeadlessLive
from remote_script.headless.api.coverage import framework_coverage, framework_report
from remote_script.headless.frameworks import facts, homes, modules
from tests import framework_names

VERSIONS = ("11.3", "12.0", "12.1")
PACKAGES = ("_Framework", "_Generic", "_APC", "ableton")
LEAST = {"_Framework": 99.0, "_Generic": 100.0, "_APC": 100.0, "ableton.v2": 99.0, "ableton.v3": 96.0}
"""The least percentage of imports by published scripts and Live's own scripts that work."""


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """A running Live and its frameworks."""
    HeadlessLive(version=request.param)
    modules.install(request.param)
    return str(request.param)


def listed(version: str) -> dict[str, dict[str, Any]]:
    everything = framework_names.listing()["modules"]
    return {
        name: about
        for name, about in everything.items()
        if name.split(".")[0] in PACKAGES and framework_names.listed_in(about["v"], version)
    }


def test_every_row_of_homes_names_modules_that_exist() -> None:
    unknown = sorted(row for row in homes.HOMES if row not in facts.MODULES)
    assert unknown == [], f"frameworks/facts.json has no module {', '.join(unknown)}"
    folder = Path(homes.__file__).parent
    for row in homes.HOMES:
        for place in homes.of(row)[0]:
            assert (folder / place.replace(".", "/")).with_suffix(".py").exists(), (
                f"{row} in frameworks/homes.py: there is no {place}"
            )


@framework_names.needed
def test_every_name_that_this_live_has_can_be_imported(version: str) -> None:
    absent, compared = [], 0
    for name, about in listed(version).items():
        module = importlib.import_module(name)
        for each in framework_names.names(about, version):
            compared += 1
            if not hasattr(module, each):
                absent.append(f"{name}.{each}")
            # A function may have the name of its module.
            elif inspect.ismodule(getattr(module, each)) and each in {
                **about.get("func", {}),
                **_imported(about),
            }:
                absent.append(f"{name}.{each} is a module")
    assert compared > 2000
    assert absent == []


@framework_names.needed
def test_a_module_of_another_live_cannot_be_imported(version: str) -> None:
    mine = listed(version)
    everything = framework_names.listing()["modules"]
    later = [
        name
        for name, about in everything.items()
        if name.split(".")[0] in PACKAGES
        and name not in mine
        and float(about["v"].split("-")[0].split(",")[0]) > float(version)
    ]
    assert version == "12.1" or later
    for name in later:
        with pytest.raises(ImportError):
            importlib.import_module(name)


@framework_names.needed
def test_constants_have_the_values_of_live(version: str) -> None:
    compared, wrong = 0, []
    for name, about in listed(version).items():
        module = importlib.import_module(name)
        for const, text in about.get("const", {}).items():
            if const.startswith("_") or not framework_names.listed_in(
                about.get("vv", {}).get(const, about["v"]), version
            ):
                continue
            try:
                value = ast.literal_eval(text)
            except (ValueError, SyntaxError):
                continue
            compared += 1
            if getattr(module, const) != value:
                wrong.append(f"{name}.{const}")
    assert compared > 300
    assert wrong == []


def _imported(about: dict[str, Any]) -> dict[str, str]:
    """Names that are imported from a module with the same name."""
    return {
        each: source
        for source, names in about.get("x", {}).items()
        for each in names
        if source.rpartition(".")[2] == each
    }


def _parameters(signature: str) -> list[tuple[str, bool]]:
    """Names of a listed signature and whether they have a default, without `*a`, `**k` and decorators."""
    signature = re.sub(r"^(@\S+ )*", "", signature).split(" @")[0]
    inner = signature[signature.index("(") + 1 : signature.rindex(")")]
    while (flat := re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", inner)) != inner:
        inner = flat
    return [
        (part.split("=")[0].strip(), "=" in part)
        for part in inner.split(",")
        if part.strip() and not part.strip().startswith("*")
    ]


def _difference(function: Any, wanted: list[tuple[str, bool]], skip: tuple[str, ...]) -> str:
    """The difference for a caller: a missing argument of Live's, or a required argument that Live does not have."""
    try:
        mine = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ""
    names = {each.name for each in mine}
    refused = [name for name, _ in wanted if name not in names]
    if any(each.kind is each.VAR_KEYWORD for each in mine):
        refused = []
    asked = {name for name, has_default in wanted if not has_default}
    needed = [
        each.name
        for each in mine
        if each.default is each.empty
        and each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
        and each.name not in {*asked, *skip}
    ]
    return " ".join([*(f"-{name}" for name in refused), *(f"+{name}" for name in needed)])


SAME_PLACE = {
    "_": {"device"},
    "component": {"enableable"},
    "component_creator": {"factory"},
    "event": {"event_name", "event_name_list"},
    "event_name": {"event"},
    "is_turned_on": {"value"},
    "modifier": {"modifiers"},
}
"""An argument of Live's → its name in another generation, whose class serves both."""


def _in_order(signature: str) -> list[str]:
    """The positional arguments of a listed signature."""
    inner = re.sub(r"^(@\S+ )*", "", signature).split(" @")[0]
    inner = inner[inner.index("(") + 1 : inner.rindex(")")]
    while (flat := re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", inner)) != inner:
        inner = flat
    parts = [part.strip() for part in inner.split(",")]
    stars = [number for number, part in enumerate(parts) if part.startswith("*")]
    names = [part.split("=")[0].strip() for part in parts[: stars[0] if stars else None] if part]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def _misplaced(function: Any, wanted: list[str]) -> str:
    """The first positional argument that would be passed to another parameter."""
    try:
        mine = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ""
    names = [each.name for each in mine if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    for place, (name, own) in enumerate(zip(wanted, names, strict=False)):
        if own not in {name, *SAME_PLACE.get(name, ())}:
            return f"{place}: {name} is {own}"
    return ""


FORWARDED = {"install_connections", "add_touch_value_listener", "remove_touch_value_listener"}
"""Methods that Live lists as `(*a, **k)` and that pass their arguments on; ours has the named arguments."""
UNUSED = {
    "_Framework.ButtonElement.ButtonElementMixin.set_light",
    "ableton.v2.base.dependency.get_dependency_for",
    "ableton.v3.control_surface.control_surface.ControlSurface.unlock_from_device",
}
"""Accepted differences. No script calls the first by keyword, and Live calls the last. For the second, the list omits
the first argument, which is an object, as it omits `self`."""


@framework_names.needed
def test_functions_and_methods_have_the_parameters_of_live(version: str) -> None:
    different, compared = [], 0

    def compare(name: str, function: Any, signature: Any, *skip: str) -> None:
        nonlocal compared
        if not isinstance(signature, str) or "(" not in signature or name in UNUSED:
            return
        compared += 1
        if name.rpartition(".")[2] in FORWARDED and signature.endswith("(*a, **k)"):
            return
        found = _difference(function, _parameters(signature), skip) or _misplaced(
            function, _in_order(signature)
        )
        if found:
            different.append(f"{name} {found}")

    for name, about in listed(version).items():
        module = importlib.import_module(name)
        there = {
            each
            for each in (*(about.get("func") or {}), *about.get("class", {}))
            if framework_names.listed_in(about.get("vv", {}).get(each, about["v"]), version)
            and modules.works(name, each)
        }
        for each in there & set(about.get("func") or {}):
            compare(f"{name}.{each}", getattr(module, each), about["func"][each])
        for each in there & set(about.get("class", {})):
            made, spans = getattr(module, each), about["class"][each].get("v_", {})
            for member, signature in about["class"][each].get("m", {}).items():
                known = framework_names.listed_in(spans.get(member, about["v"]), version)
                if known and callable(getattr(made, member, None)) and member != "__new__":
                    compare(f"{name}.{each}.{member}", getattr(made, member), signature, "self", "cls")
    assert compared > 1800
    assert sorted(different) == []


@pytest.mark.parametrize("package", sorted(LEAST))
def test_most_names_imported_by_scripts_work(package: str) -> None:
    found = {each.name: each for each in framework_coverage("12.4")}[package]
    assert 100.0 * found.used[1] / found.used[0] >= LEAST[package]


def test_a_function_is_not_hidden_by_the_module_of_its_name(version: str) -> None:
    for package, name in (
        ("ableton.v2.control_surface.control", "control_list"),
        ("ableton.v3.control_surface.controls", "control_list"),
    ):
        module = importlib.import_module(package)
        importlib.import_module(f"{package}.{name}")
        assert inspect.isfunction(getattr(module, name))


@pytest.mark.parametrize("package", sorted(facts.REFUSED))
def test_an_unsupported_family_is_refused_in_one_sentence(package: str, version: str) -> None:
    for statement in (
        f"import {package}",
        f"from {package} import anything",
        f"import {package}.anything.deeper",
    ):
        with pytest.raises(ModuleNotFoundError) as caught:
            exec(statement, {})
        assert str(caught.value).startswith(f"headless Live does not have Live's package {package}: it has ")
        assert "\n" not in str(caught.value)
        assert caught.value.name == package


@framework_names.needed
def test_every_family_of_live_is_provided_or_refused() -> None:
    families = {name.split(".")[0] for name in framework_names.listing()["modules"]}
    assert families == {*PACKAGES, *facts.REFUSED}


def test_the_coverage_names_refused_and_missing_members() -> None:
    lines = framework_report(framework_coverage("12.4"))
    assert re.fullmatch(r"_Generic: \d+ names, 0 not; of \d+ imports by .* 100.0 % work", lines[2])
    assert any(
        "ableton.v3.control_surface.components.step_sequence.StepSequenceComponent" in line for line in lines
    )
    assert "pushbase (275 imports)" in lines[-1]


def test_the_coverage_of_a_live_without_the_third_generation_does_not_name_it() -> None:
    assert [each.name for each in framework_coverage("11.0")] == [
        "_Framework",
        "_Generic",
        "_APC",
        "ableton.v2",
    ]
