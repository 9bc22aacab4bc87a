"""What a workspace does with texts: it reads them, teaches models from the company's own labels, and has themes named."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kundig.analysis import Result
    from kundig.config import Config
    from kundig.ingest.texts import ReadingProgress, ReadTexts
    from kundig.journal import Extract
    from kundig.store.lake import Lake
    from kundig.texts.contest import Contest
    from kundig.texts.readings import Reader


class ReadsTexts:
    """The part of a workspace that is about what customers write."""

    if TYPE_CHECKING:
        config: Config
        lake: Lake

        @property
        def zone(self) -> str: ...  # noqa: D102 -- the workspace's own
        @property
        def _wait(self) -> float: ...

        def ask(self, name: str, *, as_of: datetime | str | None = None, extract: Extract | None = None, **arguments: Any) -> Result: ...  # noqa: D102 -- as above

    def reader(self) -> Reader:
        """Who reads texts here: as configured, with the company's own model where it has won."""
        from kundig.texts.choice import reader  # noqa: PLC0415 -- slow import

        company = self.config.company
        return reader(self.config.texts, (company.name, *self.config.texts.about), self.models)

    @property
    def models(self) -> Path:
        """Where models of the company's own are kept."""
        return self.lake.folder / ".models"

    def read(self, progress: ReadingProgress | None = None, *, most: int | None = None) -> ReadTexts:
        """Read the texts of customers that are new or that today's model reads differently.

        Args:
            progress: told how far it is.
            most: so many are read before the lake is let go, for whoever else wants to write; by default all.

        Raises:
            ConfigError: `texts` names a model that is not there.
            LakeError: the lake cannot be written.
        """
        from kundig.ingest.texts import read_texts  # noqa: PLC0415 -- slow import

        self.learn_pinned()
        reader = self.reader()
        with self.lake.writing(self._wait):
            return read_texts(self.lake, reader, progress, most=most)

    def learn_pinned(self) -> dict[str, Contest | None]:
        """Have themes that were pinned on their page learn from their texts what belongs to them; see `ingest.pinned`."""
        if not any(theme.learnt_from for theme in self.config.texts.themes.values()):
            return {}
        from kundig.ingest.pinned import learn_pinned  # noqa: PLC0415 -- slow import
        from kundig.texts.choice import embedder  # noqa: PLC0415 -- as above

        return learn_pinned(self.lake, self.config.texts, embedder(self.config.texts), self.models)

    def learn(self) -> dict[str, Contest | None]:
        """Teach models from the company's own ratings and corrections: of moods, of what is about it, and of its pinned themes.

        Each takes over only if it wins in cross-validation. None where there are too few labelled texts.
        """
        from dataclasses import replace  # noqa: PLC0415 -- loaded when it is needed

        from kundig.ingest.lessons import labelled  # noqa: PLC0415 -- slow import
        from kundig.texts.choice import reader  # noqa: PLC0415 -- loaded when it is needed
        from kundig.texts.lessons import learn  # noqa: PLC0415 -- loaded when it is needed

        now = reader(self.config.texts.model_copy(update={"classifier": "seed"}), (self.config.company.name, *self.config.texts.about), self.models)
        return learn(labelled(self.lake, self.zone, tuple(self.config.texts.themes)), replace(now, relevance=None), self.models)

    def proposed_names(self, *, as_of: datetime | str | None = None) -> dict[str, str | None]:
        """For each theme that nobody has named the name that the configured namer proposes, or None; what is proposed is kept.

        A proposal changes nothing: people take it over on the page of themes or into `texts: renamed:`, or do not.

        Raises:
            ConfigError: `texts: namer:` names none that is there, or it does not answer.
        """
        from kundig.texts.choice import namer  # noqa: PLC0415 -- slow import
        from kundig.texts.proposals import propose  # noqa: PLC0415 -- seldom

        settings, language = self.config.texts, self.config.company.language
        names, given = namer(settings), set(settings.renamed.values())
        rows = self.ask("feedback.themes", as_of=as_of).table.to_pylist()
        found = {row["theme"]: names.named(row["terms"], row["examples"], language) for row in rows if row["state"] in {"ok", "campaign"} and row["theme"] not in given}
        propose(self.models, {theme: name for theme, name in found.items() if name is not None and name != theme})
        return found

    def as_read(self) -> Config:
        """The configuration, with themes that are to learn and have not yet as ones that go by their words."""
        if not any(theme.learnt_from for theme in self.config.texts.themes.values()):
            return self.config
        from kundig.texts.pins import learnt  # noqa: PLC0415 -- seldom

        return self.config.model_copy(update={"texts": learnt(self.config.texts, self.models)})
