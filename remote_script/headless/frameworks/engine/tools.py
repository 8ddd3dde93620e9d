"""Small functions that the frameworks offer to scripts: `_Framework.Util` and `ableton.v2.base.util`."""

from __future__ import annotations

import functools
import itertools
import numbers
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple

PY2, PY3 = False, True


def nop(*args: Any, **kwargs: Any) -> Any:
    """Do nothing; returns the first argument."""
    return args[0] if args else None


def const(value: Any) -> Callable[..., Any]:
    """A function that returns `value` for any arguments."""
    return lambda *args, **kwargs: value


def clamp(val: Any, minv: Any, maxv: Any) -> Any:
    return max(minv, min(val, maxv))


def linear(minv: float, maxv: float, val: float) -> float:
    """Map `val` from 0..1 to minv..maxv."""
    return minv + val * (maxv - minv)


def in_range(value: Any, lower_bound: Any, upper_open_bound: Any) -> bool:
    """True when lower <= value < upper; False for a value that is not a number."""
    return isinstance(value, numbers.Number) and lower_bound <= value < upper_open_bound


def sign(value: float) -> float:
    return -1.0 if value < 0.0 else 1.0


def isclose(a: float, b: float, rel_tol: float = 1e-9, abs_tol: float = 0.0) -> bool:
    return abs(a - b) <= max(rel_tol * max(abs(a), abs(b)), abs_tol)


def old_round(value: float, digits: int = 0) -> float:
    """Round halves away from zero, as Python 2 did."""
    scale = 10.0**digits
    return float(int(value * scale + (0.5 if value >= 0 else -0.5)) / scale)


def old_hasattr(obj: Any, attr: str) -> bool:
    """Python 2's hasattr: any exception counts as a missing attribute."""
    try:
        getattr(obj, attr)
    except Exception:
        return False
    return True


def first(seq: Any) -> Any:
    return seq[0]


def second(seq: Any) -> Any:
    return seq[1]


def third(seq: Any) -> Any:
    return seq[2]


def find_if(predicate: Callable[[Any], Any], seq: Iterable[Any]) -> Any:
    """The first element for which `predicate` is true, or None."""
    return next((element for element in seq if predicate(element)), None)


def index_if(predicate: Callable[[Any], Any], seq: Iterable[Any]) -> int:
    """Index of the first such item; the length if there is none."""
    count = 0
    for element in seq:
        if predicate(element):
            break
        count += 1
    return count


def flatten(list: Iterable[Iterable[Any]]) -> Iterator[Any]:
    return itertools.chain.from_iterable(list)


def group(lst: Any, n: int) -> List[Tuple[Any, ...]]:
    """Tuples of length n, the last one filled with None."""
    return list(itertools.zip_longest(*[lst[start::n] for start in range(n)]))


def chunks(lst: Any, chunk_size: int) -> Iterator[Any]:
    """Parts of length `chunk_size`; the last part may be shorter."""
    for start in range(0, len(lst), chunk_size):
        yield lst[start : start + chunk_size]


def product(iter_a: Iterable[Any], iter_b: Iterable[Any]) -> Iterator[Tuple[Any, Any]]:
    return itertools.product(iter_a, iter_b)


def union(a: Any, b: Any) -> Dict[Any, Any]:
    both = dict(a)
    both.update(b)
    return both


def is_iterable(value: Any) -> bool:
    try:
        iter(value)
    except TypeError:
        return False
    return True


def is_matrix(iterable: Any) -> bool:
    """True for a list of lists of equal length, none of them empty."""
    if not is_iterable(iterable) or len(iterable) == 0:
        return False
    return all(is_iterable(row) and 0 < len(row) == len(iterable[0]) for row in iterable)


def is_contextmanager(value: Any) -> bool:
    return callable(getattr(value, "__enter__", None)) and callable(getattr(value, "__exit__", None))


def recursive_map(fn: Callable[[Any], Any], element: Any, sequence_type: Any = None) -> Any:
    """Apply `fn` to the elements of nested sequences of one type."""
    kind = type(element) if sequence_type is None else sequence_type
    if not isinstance(element, kind):
        return fn(element)
    return [recursive_map(fn, member, kind) for member in element]


def compose(*funcs: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The composition of functions; the last function is applied first."""
    return lambda x: functools.reduce(lambda value, func: func(value), reversed(funcs), x)


def maybe(fn: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: None if x is None else fn(x)


def memoize(function: Callable[..., Any]) -> Callable[..., Any]:
    known: Dict[Tuple[Any, ...], Any] = {}

    @functools.wraps(function)
    def remembering(*args: Any) -> Any:
        if args not in known:
            known[args] = function(*args)
        return known[args]

    return remembering


@memoize
def mixin(*classes: type) -> type:
    """A class with these bases; the same class for the same bases."""
    if len(classes) == 1:
        return classes[0]
    return type("Mixin_" + "_".join(cls.__name__ for cls in classes), classes, {})


def monkeypatch(
    target: Any, name: Optional[str] = None, override: bool = False, doc: Optional[str] = None
) -> Callable[[Any], Any]:
    """Decorator: put the function into `target`."""

    def patch(func: Any) -> Any:
        under = name or func.__name__
        if not override and old_hasattr(target, under):
            raise TypeError("%s has %s already" % (target.__name__, under))
        setattr(target, under, func)
        if doc is not None:
            func.__doc__ = doc
        return func

    return patch


def instance_decorator(decorator: Callable[..., Any]) -> Any:
    """A decorator of methods that is applied once per instance, when the method is first looked up."""

    class PerInstance:
        def __init__(self, func: Any = nop, *args: Any, **kwargs: Any) -> None:
            functools.update_wrapper(self, func)
            self._func, self._args, self._kwargs = func, args, kwargs

        def __get__(self, obj: Any, cls: Any = None) -> Any:
            if obj is None:
                return None
            made = obj.__dict__.setdefault("_decorated_methods", {})
            if self not in made:
                made[self] = decorator(obj, self._func, *self._args, **self._kwargs)
            return made[self]

    return PerInstance


def forward_property(member: str) -> Any:
    """`name = forward_property("part")("name")`: a part's property as a property of this object."""

    class Forwarded:
        def __init__(self, func_or_name: Any) -> None:
            self._name = func_or_name.__name__ if callable(func_or_name) else func_or_name

        def __get__(self, obj: Any, cls: Any = None) -> Any:
            return self if obj is None else getattr(getattr(obj, member), self._name)

        def __set__(self, obj: Any, value: Any) -> None:
            setattr(getattr(obj, member), self._name, value)

    return Forwarded


class lazy_attribute:
    """An attribute that is computed at its first reading."""

    def __init__(self, func: Any, name: Optional[str] = None) -> None:
        functools.update_wrapper(self, func)
        self._func = func
        self._under = name or func.__name__

    def __set_name__(self, owner: type, name: str) -> None:
        self._under = name

    def __get__(self, obj: Any, cls: Any = None) -> Any:
        if obj is None:
            return self
        value = obj.__dict__[self._under] = self._func(obj)
        return value


def to_slice(obj: Any) -> slice:
    if isinstance(obj, slice):
        return obj
    return slice(obj, obj + 1 if obj != -1 else None)


def slice_size(slice: Any, width: int) -> int:
    return len(range(width)[slice])


class Slicer:
    """Collects as many keys in `[]` as it has dimensions, then calls its extractor with them."""

    def __init__(self, dimensions: int = 1, extractor: Callable[..., Any] = nop, keys: Any = ()) -> None:
        self._dimensions, self._extractor, self._keys = dimensions, extractor, tuple(keys)

    def __getitem__(self, key: Any) -> Any:
        keys = self._keys + (key if isinstance(key, tuple) else (key,))
        if len(keys) < self._dimensions:
            return Slicer(self._dimensions, self._extractor, keys)
        return self._extractor(*keys)

    def __call__(self) -> Slicer:
        return self


get_slice = Slicer()


def slicer(dimensions: int) -> Callable[[Any], Any]:
    def decorate(extractor: Any) -> Any:
        @functools.wraps(extractor)
        def make(*args: Any, **kwargs: Any) -> Slicer:
            return Slicer(dimensions, functools.partial(extractor, *args, **kwargs))

        return make

    return decorate


class _Switched:
    """Inverts a BooleanContext inside `with`."""

    def __init__(self, switch: BooleanContext, value: bool) -> None:
        self._switch, self._value = switch, value

    def __enter__(self) -> _Switched:
        self._before = self._switch._current_value
        self._switch._current_value = self._value
        return self

    def __exit__(self, *error: Any) -> None:
        self._switch._current_value = self._before


class BooleanContext:
    """A truth value that is inverted inside `with context():`."""

    default_value = False

    def __init__(self, default_value: Optional[bool] = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if default_value is not None:
            self.default_value = default_value
        self._current_value = self.default_value

    def __bool__(self) -> bool:
        return bool(self._current_value)

    def __call__(self, update_value: Optional[bool] = None) -> _Switched:
        return _Switched(self, (not self.default_value) if update_value is None else update_value)

    @property
    def value(self) -> bool:
        return self._current_value


class OutermostOnlyContext:
    """Enters and leaves its two functions only for the outermost of nested `with`."""

    def __init__(self, enter: Callable[[], Any] = nop, leave: Callable[[], Any] = nop) -> None:
        self._enter, self._leave, self._depth = enter, leave, 0

    def __enter__(self) -> OutermostOnlyContext:
        self._depth += 1
        if self._depth == 1:
            self._enter()
        return self

    def __exit__(self, *error: Any) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._leave()


class NamedTuple:
    """A record with fixed attributes, made from keywords and from other records."""

    def __init__(self, *others: NamedTuple, **values: Any) -> None:
        fields: Dict[str, Any] = {}
        for other in others:
            fields.update(other._fields())
        fields.update(values)
        self.__dict__.update(fields)

    def _fields(self) -> Dict[str, Any]:
        fields: Dict[str, Any] = {}
        for cls in reversed(type(self).__mro__):
            if cls is not object and cls is not NamedTuple:
                fields.update({key: value for key, value in vars(cls).items() if not key.startswith("_")})
        fields.update({key: value for key, value in self.__dict__.items() if not key.startswith("_")})
        return fields

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a named tuple cannot be changed, tried to set %s" % name)

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a named tuple cannot be changed, tried to delete %s" % name)

    def __getitem__(self, name: str) -> Any:
        return self.__dict__[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NamedTuple) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return id(self)


class CallableBool:
    """A truth value that may also be called, for properties that were methods in older frameworks."""

    def __init__(self, value: Any = False) -> None:
        self._value = bool(value)

    def __bool__(self) -> bool:
        return self._value

    def __call__(self, *args: Any, **kwargs: Any) -> bool:
        return self._value

    def __eq__(self, other: object) -> bool:
        return self._value == bool(other)

    def __hash__(self) -> int:
        return hash(self._value)


def print_message(*messages: Any) -> None:
    print(" ".join(str(message) for message in messages))
