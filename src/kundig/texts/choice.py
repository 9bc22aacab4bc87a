"""Which models read a company's texts: the embedder, who classifies, and who names themes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundig.errors import ConfigError
from kundig.texts.categories import Categories
from kundig.texts.classifier import Learnt, loaded
from kundig.texts.encoder import UniversalEncoder
from kundig.texts.lessons import ABOUT_US, MOOD, kept, theme
from kundig.texts.local_classifier import LocalClassifier
from kundig.texts.local_encoder import LocalEncoder
from kundig.texts.moods import seed
from kundig.texts.paired import Paired
from kundig.texts.pins import learning
from kundig.texts.protocols import Embedder, ThemeNamer, chosen
from kundig.texts.readings import Reader
from kundig.texts.remote_encoder import RemoteEncoder
from kundig.texts.remote_namer import RemoteNamer
from kundig.texts.small_e5 import SmallE5, missing

if TYPE_CHECKING:
    from kundig.settings.texts import Remote, Texts

BUILT_IN: dict[str, Callable[[], Embedder]] = {UniversalEncoder.name: UniversalEncoder, SmallE5.name: SmallE5, Paired.name: Paired}
FAST, BEST = UniversalEncoder.name, "best"


def embedder(settings: Texts) -> Embedder:
    """The embedder that is configured; `best` is the best of kundig's own that runs on this machine.

    Raises:
        ConfigError: there is none of that name, it does not run here, or its folder or URL is missing.
    """
    own = {
        **BUILT_IN, "fast": UniversalEncoder, BEST: best,
        "local": lambda: LocalEncoder(settings.folder), "remote": lambda: RemoteEncoder(_remote("embedder", settings), settings.numbers),
    }  # fmt: skip
    found: Embedder = chosen("embedder", settings.embedder, own)
    return found


def best() -> Embedder:
    """The best of kundig's own embedders that runs here."""
    return UniversalEncoder() if missing() else Paired()


def lesser(settings: Texts) -> str | None:
    """Why `best` is not the best there is, in a sentence; None where it is, or was not asked for."""
    fault = missing() if settings.embedder == BEST else None
    return f"texts.embedder is best, but {fault}: texts are read by {FAST}" if fault else None


def reader(settings: Texts, names: tuple[str, ...], models: Path) -> Reader:
    """Who reads: the configured embedder, the company's own models where they have won, and the pinned themes."""
    embeds = embedder(settings)

    def own(what: str) -> Learnt | None:
        learnt = kept(models, what) if settings.classifier == "own" else None
        return learnt if learnt is not None and learnt.embedder == embeds.revision else None

    classifier: Any = chosen("classifier", settings.classifier, {
        "own": lambda: own(MOOD) or untaught(embeds, models), "seed": lambda: untaught(embeds, models), "local": lambda: LocalClassifier(settings.classifier_folder),
    })  # fmt: skip
    # What people corrected counts more than what a theme learnt when it was pinned.
    taught = {name: model for name, of in settings.themes.items() if (model := own(theme(name)) or (own(learning(of.learnt_from)) if of.learnt_from else None))}
    relevance: Any = own(ABOUT_US)
    return Reader(embeds, classifier, settings.languages, names, Categories(settings.themes, embeds, taught) if settings.themes else None, relevance)


def untaught(embeds: Embedder, models: Path) -> Learnt:
    """The seed for an embedder: the one that comes with kundig, or one made here once and kept."""
    shipped = seed(embeds.name)
    if shipped is not None and shipped.embedder == embeds.revision:
        return shipped
    file = models / f"seed-{embeds.name}-{embeds.revision}.npz".replace("/", "-")
    if not file.is_file():
        from kundig.texts.seed.making import made  # noqa: PLC0415 -- seldom

        models.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(made(embeds, each=200).stored())
        part.replace(file)
    return loaded(file.read_bytes())


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
    found: ThemeNamer = chosen("namer", settings.namer, {"terms": TermNamer, "remote": lambda: RemoteNamer(_remote("namer", settings), settings.numbers)})
    return found


def _remote(what: str, settings: Texts) -> Remote:
    if settings.remote is None:
        key = "embeddings" if what == "embedder" else "model"
        raise ConfigError(f"texts.{what} is remote, but texts.remote is not set; write remote: {{url: http://localhost:8080/v1, {key}: NAME}}")
    return settings.remote
