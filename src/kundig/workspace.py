"""A workspace: a folder with its configuration, its lake, and the questions that can be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kundig import touchpoints
from kundig.config import Config, config
from kundig.errors import ConfigError, nearest
from kundig.ingest.importing import Imported, Progress, import_source
from kundig.reading import ReadsTexts
from kundig.settings import Settings
from kundig.store.answers import Answers, hashed
from kundig.store.inbox import inbox
from kundig.store.lake import Lake

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.analysis import Result
    from kundig.identity.explaining import Explanation
    from kundig.ingest.identifying import Changed
    from kundig.ingest.joins import Joined, Waiting
    from kundig.journal import Extract, Journal
    from kundig.store.duckdb import Prepared
    from kundig.store.inbox.kept import Inbox

PREPARED = 1000
"""Questions that are kept in the engine's words; they take a few kilobytes each."""
_prepared: dict[str, Prepared] = {}
"""They name the engine's tables and hold none: all workspaces of this process that have the same settings share them."""
PATIENCE = 30.0


class Workspace(ReadsTexts):
    """A folder that holds `kundig.yaml`, and beside it the lake.

    Args:
        folder: the workspace.
        data: where the sources' files lie; by default as the configuration says, relative to the workspace.
        engines: how many of them this process has open; they share its memory.
        patience: seconds to wait for another writer; by default for as long as the worker writes where events arrive, else not at all.

    Raises:
        ConfigError: the folder has no configuration, or it cannot be meant.
        LakeError: the lake was written by a newer kundig.
    """

    def __init__(self, folder: str | Path = ".", *, data: str | Path | None = None, engines: int = 1, patience: float | None = None) -> None:
        self.engines, self.patience = engines, patience
        self.folder = Path(folder).expanduser().resolve()
        self.config: Config = config(self.folder)
        if "://" in self.config.lake:
            raise ConfigError(f"lake: {self.config.lake} is not a folder; this version keeps its lake on a file system")
        self.data = Path(data).expanduser().resolve() if data is not None else (self.folder / Path(self.config.data).expanduser()).resolve()
        self.lake = Lake(self.folder / self.config.lake)
        self._journals: dict[str, Journal] = {}
        self._inbox: Inbox | None = None

    @property
    def zone(self) -> str:
        """The company's time zone."""
        return self.config.company.timezone

    def imports(
        self, only: Iterable[str] | None = None, *, now: datetime | None = None, progress: Progress | None = None, quarantined: bool = False
    ) -> Iterator[Imported]:
        """Import the sources one after the other, telling what each did.

        Args:
            only: names of sources; all by default.
            now: when this import runs; by default the present.
            progress: told now and then how far it is.
            quarantined: read the rows that wait in quarantine again, with the mapping as it is now.

        Raises:
            ConfigError: an unknown source.
            SourceError, LakeError: a source cannot be read or the lake not written; sources before it are in.
        """
        names = list(only or (self._waiting() if quarantined else self.config.sources))
        if quarantined and not names:
            raise ConfigError("nothing waits in quarantine")
        for name in names:
            if name not in self.config.sources:
                raise ConfigError(f"there is no source {name!r}; {nearest(name, self.config.sources)}")
        if not names:
            raise ConfigError(f"{self.folder / 'kundig.yaml'} names no sources; write them under `sources:`, or let `kundig init --from FILE…` draft them")
        moment = now or datetime.now(timezone.utc)
        for name in names:
            with self.lake.writing(self._wait):
                imported = import_source(
                    self.lake, name, self.config.sources[name], data=self.data, keep=self.lake.folder / ".fetched", zone=self.zone, now=moment, progress=progress, quarantined=quarantined
                )
            yield imported

    def identify(self, *, now: datetime | None = None, relearn: bool = False) -> Changed:
        """Settle who is who, from all that the lake holds; answers go by it from then on.

        Args:
            now: when this run is; by default the present.
            relearn: learn anew what records of one person have in common.

        Raises:
            IdentityError: a customer would be made of more subjects than `identity.guard` allows; nothing is changed then.
            ConfigError, LakeError: a key that cannot be meant; the lake cannot be written.
        """
        from kundig.ingest.identifying import identify_lake  # noqa: PLC0415 -- slow import

        with self.lake.writing(self._wait):
            mapped = frozenset(name for source in self.config.sources.values() for mapping in source.traits for name, value in mapping if value is not None)
            return identify_lake(self.lake, self.config.identity, self.config.company, now=now or datetime.now(timezone.utc), mapped=mapped, relearn=relearn)

    def decide(self, action: Literal["merge", "split", "undo"], subject: str, other: str, *, by: str, now: datetime | None = None) -> None:
        """Enter what somebody decided on two subjects; it counts from the next `identify` on, more than any key, until it is taken back.

        Raises:
            IdentityError: one of them is no subject, or nothing was decided that could be taken back.
        """
        from kundig.ingest.deciding import decided  # noqa: PLC0415 -- slow import

        with self.lake.writing(self._wait):
            decided(self.lake, action, [(subject, other)], by=by, now=now or datetime.now(timezone.utc))

    def split(self, subject: str, *, by: str, now: datetime | None = None) -> None:
        """Take a subject out of its customer: it is none of those that are there with it.

        Raises:
            IdentityError: it is no subject, or with nobody.
        """
        from kundig.ingest.deciding import companions, decided  # noqa: PLC0415 -- slow import

        with self.lake.writing(self._wait):
            decided(self.lake, "split", [(subject, other) for other in companions(self.lake, subject)], by=by, now=now or datetime.now(timezone.utc))

    def explain(self, one: str, other: str) -> Explanation:
        """Why two subjects are one customer, or are not.

        Raises:
            IdentityError: one of them is no subject; names the nearest.
        """
        from kundig.ingest.deciding import explained  # noqa: PLC0415 -- slow import

        return explained(self.lake, self.config.identity, one, other)

    def joined(self, name: str) -> Joined:
        """How the records of a customer came together, and what was decided on them; by the customer's name, or that of any of its subjects."""
        from kundig.ingest.joins import joined  # noqa: PLC0415 -- slow import

        return joined(self.lake, name)

    def waiting(self) -> list[Waiting]:
        """Pairs that may be one and that nobody decided on, with what is said of each; the most probable first."""
        from kundig.ingest.joins import waiting  # noqa: PLC0415 -- slow import

        return waiting(self.lake)

    def taken_back(self, subject: str, at: datetime, *, by: str, now: datetime | None = None) -> list[tuple[str, str]]:
        """Take back all that was decided on a subject at one moment; gives the pairs.

        Raises:
            IdentityError: nothing was decided on it then.
        """
        from kundig.ingest.deciding import taken_back  # noqa: PLC0415 -- slow import

        with self.lake.writing(self._wait):
            return taken_back(self.lake, subject, at, by=by, now=now or datetime.now(timezone.utc))

    def review(self) -> pa.Table:
        """Pairs that are not joined and may be one: subject, other, probability; the most probable first."""
        from kundig.store.duckdb import connection, relation  # noqa: PLC0415 -- slow import

        with connection(self.lake.folder / ".spill") as con:
            return con.sql(f"SELECT subject, other, probability FROM {relation(self.lake, 'review')} ORDER BY probability DESC, subject, other").to_arrow_table()

    def _waiting(self) -> list[str]:
        """Sources that have rows in quarantine."""
        from kundig.store.duckdb import connection, relation  # noqa: PLC0415 -- slow import

        with connection(self.lake.folder / ".spill") as con:
            return [str(name) for (name,) in con.execute(f"SELECT DISTINCT source FROM {relation(self.lake, 'quarantine')} WHERE entry <> 'read' ORDER BY source").fetchall()]

    @property
    def journal(self) -> Journal:
        """All that is known of all customers, as of now; made anew when the lake has changed, or more has arrived."""
        return self._journal_of(self._version())

    def _journal_of(self, version: str) -> Journal:
        if version not in self._journals:
            self._journals = {version: self._opened()}
        return self._journals[version]

    @property
    def inbox(self) -> Inbox | None:
        """Where events that happen now wait for the lake; None while none ever arrived here."""
        if self._inbox is None:
            self._inbox = inbox(self.config.database, self.folder, make=False)
        return self._inbox

    @property
    def _wait(self) -> float:
        """Seconds to wait for another writer: where events arrive, a worker writes now and then, and soon has done."""
        if self.patience is not None:
            return self.patience
        return PATIENCE if self.inbox is not None else 0

    def _version(self) -> str:
        """A text that changes whenever an answer may."""
        return self.lake.version() + (f"-inbox{self.inbox.last()}" if self.inbox is not None else "")

    def _opened(self) -> Journal:
        from kundig.journal import journal  # noqa: PLC0415 -- slow import

        catalogue, settings = touchpoints.rows(self.config.touchpoints), self.as_read()
        if self.config.engine.startswith("spark"):
            from kundig.store.spark import backend, spark_readings, spark_tables  # noqa: PLC0415 -- only where Spark is installed

            spark = backend(self.config.engine)
            return journal(*spark_tables(spark, self.lake, self.zone, catalogue), settings=settings, readings=spark_readings(spark, self.lake))
        from kundig.ingest.tail import Tail  # noqa: PLC0415 -- loaded when it is needed
        from kundig.store.duckdb import embedded, readings, tables  # noqa: PLC0415 -- slow import

        con = embedded(self.lake.folder / ".spill", self.engines)
        # Read before the lake is looked at, so that nothing is missing between the two.
        waiting = Tail(self.inbox, self.inbox.pending(), self.config.live, self.config.company) if self.inbox is not None else None
        whole = journal(*tables(con, self.lake, self.zone, catalogue, waiting), settings=settings, readings=readings(con, self.lake))
        return replace(whole, size=self.lake.rows("events"))

    def ask(self, name: str, *, as_of: datetime | str | None = None, extract: Extract | None = None, **arguments: Any) -> Result:
        """The answer of an analysis, computed once per version of the lake and kept.

        Args:
            name: such as `feedback.scores`.
            as_of: what was known then, instead of now; a date means its end in the company's time zone.
            extract: only a part of what happened, such as thirteen weeks; by default all.
            arguments: those of the analysis, as values or as text.

        Raises:
            ArgumentError: an unknown analysis, argument or value, with the nearest right one.
        """
        from kundig.analysis import analysis, result  # noqa: PLC0415 -- slow import
        from kundig.heed import heed  # noqa: PLC0415 -- with the analyses

        asked = analysis(name)
        values = asked.values(arguments)
        moment = asked.moment(as_of, self.zone) if as_of is not None else None
        rows = self.told(asked.name, lambda journal: asked.function(journal, **values), values, as_of=moment, extract=extract)
        notes = heed(asked, values, rows, lambda told, of: self.told(told, of, {}, as_of=moment, extract=extract))
        return result(asked, values, moment, rows, self.config, notes)

    def told(self, name: str, of: Callable[[Journal], Any], values: dict[str, Any], *, as_of: datetime | None = None, extract: Extract | None = None) -> pa.Table:
        """The rows that a function of the journal gives, computed once per version of the lake and kept.

        Args:
            name: what is computed; with `values`, all that the rows depend on beside the journal.
            of: a lazy table or an estimate from the journal.
            values: the arguments of `of`.
            as_of: what was known then, instead of now.
            extract: only a part of what happened.
        """
        # Looked up once: to open the tables' logs takes as long as a small log takes to answer.
        version = self._version()
        answers = self._answers(version)
        asked = [name, values, as_of, *([asdict(extract)] if extract else [])]
        return answers.once(asked, lambda: self._told(answers, self._journal_of(version), name, of, values, as_of, extract))

    def _told(self, answers: Answers, whole: Journal, name: str, of: Callable[[Journal], Any], values: dict[str, Any], as_of: datetime | None, extract: Extract | None) -> pa.Table:  # noqa: PLR0913 -- what was asked
        """The rows, computed; what was asked before is not put into words again when the lake has changed."""
        from kundig.conformance.parts import parts_of  # noqa: PLC0415 -- the door imports this module
        from kundig.store.duckdb import answered, prepared  # noqa: PLC0415 -- slow import

        learnt = [name for name, theme in whole.settings.texts.themes.items() if theme.learnt_from]
        question = hashed([name, values, as_of, asdict(extract) if extract else None, whole.identities is not None, self.inbox is not None, parts_of(whole), self._settled, learnt])
        known = _prepared.get(question)
        if known is None:
            journal = whole.as_of(as_of) if as_of else whole
            asked = of(journal.only(extract) if extract else journal)
            known = prepared(asked)
            if known is None:
                return answered(asked)
            if len(_prepared) >= PREPARED:
                _prepared.clear()
            _prepared[question] = known
        return known.answered(whole.history.get_backend(), lambda statement, computed: answers.once(["part", statement], computed))

    @cached_property
    def _settled(self) -> dict[str, Any]:
        """What of the configuration bears on answers."""
        return self.config.model_dump(mode="json", include={*Settings.model_fields, "touchpoints", "stages", "engine", "live"})

    def _answers(self, version: str) -> Answers:
        """The answers of this version of the lake, of the configuration and of kundig."""
        from kundig import __version__  # noqa: PLC0415 -- the door imports this module
        from kundig.store.edition import edition  # noqa: PLC0415 -- as above

        known = [__version__, edition(), version, self._settled]
        return Answers(self.lake.folder / ".answers", known)
