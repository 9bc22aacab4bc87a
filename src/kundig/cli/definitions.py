"""What commands on definitions ask first: a known action, a known name, and who decides."""

from __future__ import annotations

from collections.abc import Collection

from kundig.definition import Definition, yaml_text
from kundig.errors import ArgumentError, nearest


def action_of(command: str, action: str, actions: Collection[str]) -> str:
    """The action.

    Raises:
        ArgumentError: the command does not know it; with the nearest that it does.
    """
    if action not in actions:
        raise ArgumentError(f"kundig {command} does not know {action!r}; {nearest(action, actions)}")
    return action


def named(command: str, action: str, what: str, name: str | None, known: Collection[str]) -> str:
    """The name of a definition.

    Raises:
        ArgumentError: none is given, or there is none such; with the nearest that there is.
    """
    if name is None:
        raise ArgumentError(f"kundig {command} {action} asks for the name of a {what}; {nearest('', known, most=40)}")
    if name not in known:
        raise ArgumentError(f"there is no {what} {name!r}; {nearest(name, known, most=40)}")
    return name


def decider(command: str, action: str, by: str | None) -> str:
    """Who decides.

    Raises:
        ArgumentError: nobody is named.
    """
    if not by:
        raise ArgumentError(f"kundig {command} {action} is kept with the name of who decided it; add --by NAME")
    return by


def exported(key: str, name: str, one: Definition) -> str:
    """A definition as a file of its folder."""
    return yaml_text({key: {name: one.model_dump(mode="json", by_alias=True, exclude_defaults=True)}})
