"""The documentation cannot lie: generated pages are as the code says, every name has its heading, examples run."""

from __future__ import annotations

import doctest
import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import typer
from pydantic import BaseModel

from kundig.analysis import analyses
from kundig.cli import app
from kundig.config import Config
from kundig.definition import Definition
from kundig.sources.readers import kinds

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


GENERATE, TRANSCRIPT = _script("generate"), _script("transcript")


def _headings(page: str) -> list[str]:
    return re.findall(r"^#+ (.+)$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)


def _definitions(cls: type[Definition]) -> Iterator[type[Definition]]:
    for child in cls.__subclasses__():
        yield child
        yield from _definitions(child)


@pytest.mark.parametrize("page", sorted(map(str, GENERATE.pages())))
def test_a_generated_page_is_as_the_code_says(page: str) -> None:
    assert (DOCS / page).read_text(encoding="utf-8") == GENERATE.pages()[Path(page)], "run `python docs/generate.py`"


@pytest.mark.parametrize("page", GENERATE.TRANSCRIPTS)
def test_the_commands_of_a_tutorial_print_what_it_shows(page: str, tmp_path: Path) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert TRANSCRIPT.replayed(text, tmp_path) == text, "run `python docs/generate.py`"


# Those of the reference are those of the docstrings, which run where they stand.
@pytest.mark.parametrize("page", [page for page in PAGES if ">>> " in page.read_text(encoding="utf-8") and page.parent != DOCS / "reference"], ids=lambda page: str(page.relative_to(DOCS)))
def test_the_python_examples_of_a_page_run(page: Path) -> None:
    found = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert (found.failed, found.attempted > 0) == (0, True)


def test_every_analysis_has_its_heading() -> None:
    headings = _headings("reference/analyses.md")
    assert [name for name in analyses() if name not in headings] == []


def test_every_command_and_option_has_its_heading() -> None:
    headings = _headings("reference/command-line.md")
    group = typer.main.get_command(app)
    commands = group.commands.items()  # type: ignore[attr-defined]  # the app has several commands, so it is a group
    wanted = [f"kundig {name}" for name, _ in commands]
    wanted += [f"`{', '.join(option.opts)}` of {name}" for name, command in commands for option in command.params if option.opts[0].startswith("-")]
    assert [heading for heading in wanted if heading not in headings] == []


def test_every_key_of_the_configuration_has_its_heading() -> None:
    kinds()
    headings = _headings("reference/configuration.md")
    # What a package or another room adds to the configuration is reached from Config; a computed value is explained in words.
    models: set[type[BaseModel]] = {model for model in _definitions(Definition) if model.__module__.startswith("kundig.") and model.__name__ not in {"Computed", "Path", "Hook"}
        # Definitions that their rooms read from text; kundig.yaml does not hold them.
        and not model.__module__.startswith(("kundig.journeys.", "kundig.identity.", "kundig.playbooks.", "kundig.surveys."))}
    assert Config in models
    missing = [f"{model.__name__}.{name}" for model in models for name, field in model.model_fields.items() if f"`{field.alias or name}`" not in headings]
    assert missing == []


def test_every_key_of_a_playbook_has_its_heading() -> None:
    headings = _headings("reference/playbooks.md")
    missing = [f"{model.__name__}.{name}" for _, model in GENERATE.PLAYBOOKS for name, field in model.model_fields.items() if f"`{field.alias or name}`" not in headings]
    assert missing == []


def test_every_link_between_pages_leads_somewhere() -> None:
    links = [(page, link) for page in PAGES for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")) if "://" not in link]
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).is_file()] == []
    assert links


def test_no_page_calls_anything_easy() -> None:
    easy = re.compile(r"\b(simply|just|obviously|easily|einfach nur|natürlich)\b", re.IGNORECASE)
    written = [page for page in PAGES if not page.is_relative_to(DOCS / "reference")]
    assert [f"{page.name}: {match[0]}" for page in written for match in easy.finditer(page.read_text(encoding="utf-8"))] == []
