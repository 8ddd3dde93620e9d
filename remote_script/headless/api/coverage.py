"""Lists the implemented members of Live's Object Model by class, and names of Live's frameworks by package."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from .. import live, model
from ..frameworks import facts as names
from ..frameworks import modules
from ..node import MODELS
from . import facts as lom
from .handles import BROWSER_CLASSES, ApiSurface, implements, surface_for
from .live_module import FUNCTIONS, GUESSES
from .values import GUESSED, VALUES


class ClassCoverage(NamedTuple):
    """Names of members; a member is "x", a method "x()"."""

    name: str
    implemented: List[str]
    missing: List[str]
    guesses: List[str]


def model_of(surface: ApiSurface, name: str) -> Optional[Any]:
    """The model class that implements a LOM class or the nearest of its bases."""
    for class_name in lom.lineage(surface.facts, name):
        if class_name in MODELS:
            return MODELS[class_name]
    if name.endswith(".View"):
        return MODELS["Device.View"]
    return None


def coverage(version: str = lom.DEFAULT_VERSION) -> List[ClassCoverage]:
    """Every class of this Live, and its module functions under "functions"."""
    surface = surface_for(version)
    # This import has registered all behaviour.
    assert model.LiveSet is not None
    assert live.HeadlessLive is not None
    classes = [_of_class(surface, name) for name in surface.facts.classes]
    done = sorted("%s()" % name for name in surface.facts.functions if name in FUNCTIONS)
    missing = sorted("%s()" % name for name in surface.facts.functions if name not in FUNCTIONS)
    guesses = sorted("%s()" % name for name in surface.facts.functions if name in GUESSES)
    classes.append(ClassCoverage("functions", done, missing, guesses))
    return classes


def _of_class(surface: ApiSurface, name: str) -> ClassCoverage:
    about = surface.facts.classes[name]
    members = list(about.properties) + ["%s()" % method for method in about.methods]
    if (
        name in VALUES
        or name in BROWSER_CLASSES
        or name.endswith("Vector")
        or name in ("Base.Timer", "LomObject", "Application.Variants")
    ):
        return ClassCoverage(name, sorted(members), [], sorted(members) if name in GUESSED else [])
    kind = model_of(surface, name)
    implemented: List[str] = []
    missing: List[str] = []
    guesses: List[str] = []
    for prop in about.properties.values():
        does = prop.name == "_live_ptr" or _reads(kind, prop)
        (implemented if does else missing).append(prop.name)
        if does and kind is not None and (prop.name in kind.GUESSES or _is_default(kind, prop)):
            guesses.append(prop.name)
    for method in about.methods.values():
        does = kind is not None and hasattr(kind, "call_" + method.name)
        (implemented if does else missing).append(method.name + "()")
        if does and kind is not None and method.name in kind.GUESSES:
            guesses.append(method.name + "()")
    return ClassCoverage(name, sorted(implemented), sorted(missing), sorted(guesses))


def _reads(kind: Any, prop: lom.Property) -> bool:
    if kind is None:
        return False
    if hasattr(kind, "get_" + prop.name) or implements(kind, prop.name):
        return True
    return kind.other_getter(prop) is not None


def _is_default(kind: Any, prop: lom.Property) -> bool:
    """True when only a general default answers for the property, as for special devices."""
    has_getter = hasattr(kind, "get_" + prop.name) or implements(kind, prop.name)
    return prop.name != "_live_ptr" and not has_getter


def report(classes: List[ClassCoverage]) -> List[str]:
    """The coverage as lines for readers."""
    lines: List[str] = []
    totals: Dict[str, int] = {"implemented": 0, "missing": 0, "guesses": 0}
    for cls in classes:
        lines.append(
            "%s: %d implemented, %d not, %d of them guesses"
            % (cls.name, len(cls.implemented), len(cls.missing), len(cls.guesses))
        )
        if cls.missing:
            lines.append("    NotImplementedError: " + ", ".join(cls.missing))
        if cls.guesses:
            lines.append("    guesses: " + ", ".join(cls.guesses))
        for key in totals:
            totals[key] += len(getattr(cls, key))
    lines.append(
        "all: %(implemented)d members implemented (%(guesses)d with a guess), %(missing)d not" % totals
    )
    return lines


class PackageCoverage(NamedTuple):
    """Names of a package of Live's frameworks ("module.name"), counted where they are defined.

    `used`: number of imports of the package's names in published scripts and in Live's own, and how many of these
    imports give a working name.
    """

    name: str
    there: List[str]
    refused: List[str]
    used: Tuple[int, int]


def framework_coverage(version: str = lom.DEFAULT_VERSION) -> List[PackageCoverage]:
    """The packages that this Live has; a name that headless Live refuses can be imported, but not used."""
    # The constants of the frameworks are read from a running Live.
    live.HeadlessLive(version=version)
    modules.install(version)
    packages = []
    for package in modules.PACKAGES:
        there: List[str] = []
        refused: List[str] = []
        used = working = 0
        for module in names.modules_below(package):
            for name in names.definitions(module, version):
                (there if modules.works(module, name) else refused).append("%s.%s" % (module, name))
            for name, count in names.use(module).items():
                used += count
                working += count if modules.works(module, name) else 0
        if there or refused:
            packages.append(PackageCoverage(package, there, refused, (used, working)))
    return packages


def framework_report(packages: List[PackageCoverage]) -> List[str]:
    """The coverage of the frameworks as lines for readers."""
    lines: List[str] = []
    for package in packages:
        used, working = package.used
        lines.append(
            "%s: %d names, %d not; of %d imports by published scripts and Live's own %.1f %% work"
            % (package.name, len(package.there), len(package.refused), used, 100.0 * working / max(used, 1))
        )
        if package.refused:
            lines.append("    NotImplementedError: " + ", ".join(package.refused))
    lines.append(
        "not there: "
        + ", ".join("%s (%d imports)" % pair for pair in sorted(names.REFUSED.items()) if pair[1])
    )
    return lines
