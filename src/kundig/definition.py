"""Definitions: frozen values read from YAML, with errors that name file, line and the nearest known key."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from kundig.errors import ConfigError, nearest

Path_ = tuple[str | int, ...]


class Definition(BaseModel):
    """A value that configuration states: comparable, never changed, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"expected an IANA time zone such as Europe/Berlin, found {name!r}") from None
    return name


Zone = Annotated[str, AfterValidator(_zone)]
"""The name of a time zone."""

D = TypeVar("D", bound=Definition)
Values = TypeVar("Values", bound=Mapping[str, Any])
LONGEST_NAME = 60


def plainly_named(given: Values) -> Values:
    """Definitions by name, each name of small letters, digits and _; a validator of such a field.

    >>> plainly_named({"late_parcel": 1})
    {'late_parcel': 1}

    Raises:
        ValueError: a name is none such.
    """
    for name in given:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or len(name) > LONGEST_NAME:
            raise ValueError(f"a name is of small letters, digits and _, at most {LONGEST_NAME} of them, found {name!r}")
    return given


def read(model: type[D], *files: Path) -> D:
    """The definition that these YAML files state together; each top-level key stands in one file only.

    Raises:
        ConfigError: a file is missing or no YAML, a key is unknown, a value does not fit; with file and line.
    """
    values: dict[str, Any] = {}
    places: dict[Path_, str] = {}
    for file in files:
        for key, value in _document(file, places).items():
            if isinstance(value, dict) and isinstance(values.get(key), dict):
                twice = sorted(value.keys() & values[key].keys())
                if twice:
                    raise ConfigError(f"{places[key, twice[0]]}: {key}.{twice[0]} is defined in two files; keep one of them")
                values[key] = values[key] | value
            else:
                values[key] = value
    return validated(model, values, places, default_place=str(files[0]) if files else "")


def validated(model: type[D], values: Any, places: dict[Path_, str] | None = None, default_place: str = "") -> D:
    """`values` as the definition `model`, or one ConfigError that lists everything wrong with it."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = [_sentence(model, problem, places or {}, default_place) for problem in error.errors()]
        raise ConfigError("\n".join(dict.fromkeys(found))) from None


def read_text(model: type[D], text: str, name: str) -> D:
    """The definition that a text states, such as one that somebody has just written; `name` stands for the file in errors.

    Variables of the environment are not put in: who writes a text may not read them.

    Raises:
        ConfigError: as `read` has it.
    """
    places: dict[Path_, str] = {}
    return validated(model, _parsed(text, Path(name), places, environment=False), places, default_place=name)


def yaml_text(values: dict[str, Any]) -> str:
    """Values as YAML, as people write it."""
    from io import StringIO  # noqa: PLC0415 -- only here

    from ruamel.yaml import YAML  # noqa: PLC0415 -- slow import

    yaml, stream = YAML(), StringIO()
    yaml.default_flow_style = False
    yaml.width = 120
    yaml.dump(values, stream)
    return stream.getvalue()


def _document(file: Path, places: dict[Path_, str]) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"{file}: there is no such file; `kundig init` writes one") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read as UTF-8 text ({error})") from None
    return _parsed(text, file, places)


def _parsed(text: str, file: Path, places: dict[Path_, str], *, environment: bool = True) -> dict[str, Any]:
    from ruamel.yaml import YAML  # noqa: PLC0415 -- slow import
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415 -- loaded when it is needed

    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True  # _value says so with file and line
    try:
        root = yaml.compose(text)
        if root is None:
            return {}
        value = _value(yaml, root, (), file, places, environment=environment)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{file}:{line}: not valid YAML: {error.problem}") from None
    except RecursionError:
        raise ConfigError(f"{file}: nested without end; an alias must not stand inside its own anchor") from None
    except YAMLError as error:
        raise ConfigError(f"{file}: not valid YAML: {error}") from None
    if not isinstance(value, dict):
        raise ConfigError(f"{file}:1: expected keys such as `company:` and `sources:`, found {type(value).__name__}")
    return value


def _value(yaml: Any, node: Any, path: Path_, file: Path, places: dict[Path_, str], *, environment: bool) -> Any:  # noqa: PLR0913 -- a node, and where it stands
    """The node as plain Python, noting in `places` where every path stands."""
    places[path] = f"{file}:{node.start_mark.line + 1}"
    if node.id == "mapping":
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            place = f"{file}:{key_node.start_mark.line + 1}"
            if key in result:
                raise ConfigError(f"{place}: the key {key!r} stands here for the second time")
            result[key] = _value(yaml, value_node, (*path, key), file, places, environment=environment)
            places[*path, key] = place
        return result
    if node.id == "sequence":
        return [_value(yaml, item, (*path, index), file, places, environment=environment) for index, item in enumerate(node.value)]
    try:
        value = yaml.constructor.construct_object(node)
    except (ValueError, OverflowError):
        # What looks like a date is taken for one.
        raise ConfigError(f"{places[path]}: {node.value} is no date or number that there is") from None
    return _environment(value, places[path]) if environment and isinstance(value, str) else value


def _environment(text: str, place: str) -> str:
    """`${NAME}` replaced by the environment variable, so that secrets stay out of the file."""

    def variable(match: re.Match[str]) -> str:
        name, default = match[1], match[2]
        if name in os.environ:
            return os.environ[name]
        if default is not None:
            return default
        raise ConfigError(f"{place}: the environment variable {name} is not set; set it, or write ${{{name}:-default}}")

    return re.sub(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}", variable, text)


def _sentence(model: type[Definition], problem: Any, places: dict[Path_, str], default_place: str) -> str:
    path = tuple(part for part in problem["loc"] if not str(part).startswith(("function-", "tagged-")))
    known = next((places[path[:end]] for end in range(len(path), 0, -1) if path[:end] in places), default_place)
    where = ".".join(str(part) for part in path if part != "[key]")
    start = f"{known}: {where}" if known else where
    if problem["type"] == "extra_forbidden":
        key = str(path[-1])
        return f"{start}: unknown key {key!r}; {nearest(key, _keys(model, path[:-1]))}"
    if problem["type"] == "missing":
        return f"{start}: is missing"
    message = re.sub(r"^(Value error|Assertion failed), ", "", problem["msg"])
    shown = f", found {problem['input']!r}" if isinstance(problem["input"], str | int | float | bool) else ""
    return f"{start}: {message}{shown if 'found' not in message else ''}"


def _keys(model: type[Definition], path: Path_) -> list[str]:
    """The keys that are known at `path` below `model`."""
    candidates: list[type[Definition]] = [model]
    for part in path:
        following = [
            inner
            for candidate in candidates
            for name, field in candidate.model_fields.items()
            if part in (name, field.alias)
            for inner in _models(field.annotation)
        ]
        candidates = following or candidates
    return sorted({field.alias or name for candidate in candidates for name, field in candidate.model_fields.items()})


def _models(annotation: Any) -> Iterator[type[Definition]]:
    if isinstance(annotation, type) and issubclass(annotation, Definition):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
