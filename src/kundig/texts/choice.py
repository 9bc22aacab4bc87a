"""Which models read a company's texts, and how its own model comes to be one of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundig.errors import ConfigError
from kundig.texts.categories import Categories
from kundig.texts.classifier import loaded
from kundig.texts.encoder import UniversalEncoder
from kundig.texts.local import LocalEncoder
from kundig.texts.moods import FEWEST, Contest, seed, taught
from kundig.texts.normal import bare, cleaned
from kundig.texts.protocols import Embedder, ThemeNamer, chosen
from kundig.texts.readings import MOODS, Reader, packed, unpacked
from kundig.texts.remote import RemoteNamer

if TYPE_CHECKING:
    from kundig.settings.texts import Texts

OWN = "own.npz"


def embedder(settings: Texts) -> Embedder:
    """The embedder that is configured.

    Raises:
        ConfigError: there is none of that name, or its folder is missing.
    """
    found: Embedder = chosen("embedder", settings.embedder, {UniversalEncoder.name: UniversalEncoder, "local": lambda: LocalEncoder(settings.folder)})
    return found


def reader(settings: Texts, names: tuple[str, ...], models: Path) -> Reader:
    """Who reads: the configured embedder, the company's own model if it has won, and the pinned themes."""
    embeds = embedder(settings)
    own = models / OWN
    classifier: Any = seed()
    if settings.classifier == "own" and own.exists():
        learnt = loaded(own.read_bytes())
        classifier = learnt if learnt.embedder == embeds.revision else classifier
    elif settings.classifier not in {"own", "seed"}:
        classifier = chosen("classifier", settings.classifier, {})
    return Reader(embeds, classifier, settings.languages, names, Categories(settings.themes, embeds) if settings.themes else None)


class TermNamer:
    """Names a theme by its telling terms."""

    name = "terms"

    def named(self, terms: Sequence[str], examples: Sequence[str], language: str) -> str:
        """The terms, one after the other."""
        del examples, language
        return " / ".join(terms)


def namer(settings: Texts) -> ThemeNamer:
    """Who names themes.

    Raises:
        ConfigError: there is none of that name, or it is remote and no URL is set.
    """

    def remote() -> RemoteNamer:
        if settings.remote is None:
            raise ConfigError("texts.namer is remote, but texts.remote is not set; write remote: {url: http://localhost:8080/v1, model: NAME}")
        return RemoteNamer(settings.remote)

    found: ThemeNamer = chosen("namer", settings.namer, {"terms": TermNamer, "remote": remote})
    return found


def learn(rated: list[tuple[str, str]], embeds: Embedder, models: Path) -> Contest | None:
    """Teach, compare in cross-validation, and keep the model only where it is better beyond chance."""
    moods = [mood for _, mood in rated]
    if len(rated) < FEWEST or any(moods.count(mood) < 10 for mood in MOODS):  # noqa: PLR2004 -- two a fold
        return None
    read = [bare(cleaned(text)) for text, _ in rated]
    model, contest = taught(read, moods, unpacked(packed(embeds.encode(read))), embedder=embeds.revision)
    models.mkdir(parents=True, exist_ok=True)
    if contest.won:
        part = models / f"{OWN}.part"
        part.write_bytes(model.stored())
        part.replace(models / OWN)
    else:
        (models / OWN).unlink(missing_ok=True)
    (models / "contest.json").write_text(json.dumps(asdict(contest), indent=2) + "\n", encoding="utf-8")
    return contest
