"""The names of Live's frameworks: what a script imports is there, with Live's signatures and constants."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from typing import Any

import pytest

from remote_script.headless import HeadlessLive
from remote_script.headless.api.coverage import framework_coverage, framework_report
from remote_script.headless.frameworks import modules
from tests import framework_names

VERSIONS = ("11.3", "12.0", "12.1")
PACKAGES = ("_Framework", "_Generic", "_APC", "ableton")
LEAST = {"_Framework": 99.0, "_Generic": 100.0, "_APC": 100.0, "ableton.v2": 99.0, "ableton.v3": 96.0}
"""Of the imports by published scripts and Live's own, so many percent give what works."""


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """A Live that runs, and its frameworks."""
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


@framework_names.needed
def test_every_name_that_this_live_has_can_be_imported(version: str) -> None:
    absent, compared = [], 0
    for name, about in listed(version).items():
        module = importlib.import_module(name)
        for each in framework_names.names(about, version):
            compared += 1
            if not hasattr(module, each):
                absent.append(f"{name}.{each}")
            # A function may have the name of the module that it is in.
            elif inspect.ismodule(getattr(module, each)) and each in {
                **about.get("func", {}),
                **_imported(about),
            }:
                absent.append(f"{name}.{each} is a module")
    assert compared > 2000
    assert absent == []


@framework_names.needed
def test_a_module_of_another_live_cannot(version: str) -> None:
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
def test_numbers_texts_and_tuples_of_constants_are_lives(version: str) -> None:
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
    """Names that are imported from a module of their own name."""
    return {
        each: source
        for source, names in about.get("x", {}).items()
        for each in names
        if source.rpartition(".")[2] == each
    }


def _parameters(signature: str) -> list[str]:
    """Names of a listed signature, without `*a`, `**k` and decorators."""
    signature = re.sub(r"^@\w+ ", "", signature).split(" @")[0]
    inner = signature[signature.index("(") + 1 : signature.rindex(")")]
    inner = re.sub(r"\([^()]*\)|\[[^\]]*\]", "", inner)
    return [
        part.split("=")[0].strip()
        for part in inner.split(",")
        if part.strip() and not part.strip().startswith("*")
    ]


def _is_taken(function: Any, wanted: list[str]) -> bool:
    try:
        mine = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return True
    if any(each.kind is each.VAR_KEYWORD for each in mine):
        return True
    return {*wanted} <= {each.name for each in mine}


@framework_names.needed
def test_functions_and_constructors_that_scripts_use_take_lives_arguments() -> None:
    HeadlessLive(version="12.1")
    modules.install("12.1")
    refused, compared = [], 0
    usage = framework_names.listing()["usage"]["names"]
    for name, about in listed("12.1").items():
        for each, signature in (about.get("func") or {}).items():
            if name in usage and each in usage[name] and modules.works(name, each) and "(" in signature:
                compared += 1
                function = getattr(importlib.import_module(name), each)
                if not _is_taken(function, _parameters(signature)):
                    refused.append(f"{name}.{each}")
        for each, cls in about.get("class", {}).items():
            init = cls.get("m", {}).get("__init__")
            if not init or not modules.works(name, each):
                continue
            compared += 1
            made = getattr(importlib.import_module(name), each)
            if not _is_taken(made.__init__, _parameters(init)):
                refused.append(f"{name}.{each}()")
    assert compared > 400
    assert "\n".join(refused) == ""


@pytest.mark.parametrize("package", sorted(LEAST))
def test_most_of_what_scripts_import_works(package: str) -> None:
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


def test_the_coverage_names_what_is_refused_and_what_is_not_there() -> None:
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
