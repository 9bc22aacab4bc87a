"""The command line: `kundig`. Each command is a file; what it needs is imported when it runs."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from kundig import __version__
from kundig.errors import KundigError

app = typer.Typer(name="kundig", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, help="What customers experience, in one journal of events; and what to do about it.")

YOUNG = 100_000
"""New objects after which those that nobody holds are looked for."""
Folder = Annotated[Path, typer.Option("--workspace", "-w", envvar="KUNDIG_WORKSPACE", help="The workspace: a folder with kundig.yaml.")]
Data = Annotated[Path | None, typer.Option("--data", envvar="KUNDIG_DATA_FOLDER", help="Where the sources' files lie, instead of as configured.")]


def _version(asked: bool) -> None:
    if asked:
        print(__version__)
        raise typer.Exit


@app.callback()
def _kundig(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False) -> None:
    pass


@app.command("init")
def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make a workspace of.")] = Path(),
    source: Annotated[list[Path] | None, typer.Option("--from", help="A file to draft a mapping from; may be given several times.")] = None,
) -> None:
    """Write a commented kundig.yaml, or draft one from files."""
    from kundig.cli.init import run  # noqa: PLC0415 -- commands load what they need

    run(folder, source or [])


@app.command("check")
def check(folder: Folder = Path(), data: Data = None) -> None:
    """Check configuration and data: what is wrong, and what to do."""
    from kundig.cli.check import run  # noqa: PLC0415 -- loaded when it is needed

    run(folder, data)


@app.command("import")
def import_(
    sources: Annotated[list[str] | None, typer.Argument(help="Names of sources; all by default.")] = None,
    folder: Folder = Path(),
    data: Data = None,
    quarantined: Annotated[bool, typer.Option("--quarantined", help="Read the rows in quarantine again, with the mapping as it is now.")] = False,
) -> None:
    """Import the sources: nothing lost, nothing doubled."""
    from kundig.cli.importing import run  # noqa: PLC0415 -- loaded when it is needed

    run(folder, data, sources or [], quarantined=quarantined)


@app.command("read")
def read(
    folder: Folder = Path(),
    learn: Annotated[bool, typer.Option("--learn", help="First teach models from your own ratings and corrections; each takes over if it wins.")] = False,
    names: Annotated[bool, typer.Option("--names", help="Then have the configured namer propose names for themes; nothing is renamed.")] = False,
    text: Annotated[str | None, typer.Option("--text", help="Read this one text only, sentence by sentence, and keep nothing.")] = None,
) -> None:
    """Read what customers wrote: language, mood, themes and meaning, kept for every analysis."""
    from kundig.cli.read import run  # noqa: PLC0415 -- loaded when it is needed

    run(folder, learn=learn, text=text, names=names)


@app.command("evaluate")
def evaluate(
    folder: Folder = Path(),
    data: Annotated[Path | None, typer.Option("--sets", envvar="KUNDIG_DATA", help="A folder of labelled sets to measure on; without, the workspace's own ratings.")] = None,
    embedder: Annotated[str | None, typer.Option("--embedder", help="Measure with this embedder: fast, e5, best, local, remote, or one that a package adds; by default the one that is configured.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer folds and texts.")] = False,
    language: Annotated[str, typer.Option("--language", help="de or en.")] = "en",
) -> None:
    """Measure the installed text models: moods, languages, themes, alarms, readability and speed."""
    from kundig.cli.evaluate import run  # noqa: PLC0415 -- loaded when it is needed

    run(folder, data, embedder=embedder, quick=quick, language=language)


@app.command("identify")
def identify(  # noqa: PLR0913 -- the options of the command
    folder: Folder = Path(),
    data: Data = None,
    explain: Annotated[tuple[str, str] | None, typer.Option("--explain", metavar="A B", help="Why two subjects are one customer, or are not.")] = None,
    chart: Annotated[Path | None, typer.Option("--chart", help="Write the explanation's waterfall as an SVG file.")] = None,
    merge: Annotated[tuple[str, str] | None, typer.Option("--merge", metavar="A B", help="Join two subjects for ever.")] = None,
    split: Annotated[str | None, typer.Option("--split", metavar="A", help="Take a subject out of its customer for ever.")] = None,
    undo: Annotated[tuple[str, str] | None, typer.Option("--undo", metavar="A B", help="Take back what was decided on two subjects.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who decides; kept with the date.")] = None,
    review: Annotated[bool, typer.Option("--review", help="List the pairs that wait to be looked at.")] = False,
    relearn: Annotated[bool, typer.Option("--relearn", help="Learn anew what records of one person have in common.")] = False,
) -> None:
    """Settle who is who: which subjects of all sources are one customer, and why."""
    from kundig.cli.identify import run  # noqa: PLC0415 -- loaded when it is needed

    run(folder, data, explain=explain, chart=chart, merge=merge, split=split, undo=undo, by=by, review=review, relearn=relearn)


@app.command("ask", context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def ask(  # noqa: PLR0913 -- the options of the command
    context: typer.Context,
    analysis: Annotated[str | None, typer.Argument(help="The analysis; without one, all are listed.")] = None,
    folder: Folder = Path(),
    data: Data = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="What was known then: a date or time.")] = None,
    form: Annotated[str, typer.Option("--format", help="table, csv, json or parquet.")] = "table",
    out: Annotated[Path | None, typer.Option("--out", help="Write to a file.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="de or en: the answer in that language; codes and headings of files stay.")] = None,
    help_: Annotated[bool, typer.Option("--help", help="What the analysis answers, and its arguments.")] = False,
) -> None:
    """Ask an analysis, or list them all. Arguments of the analysis are options: --by touchpoint."""
    from kundig.cli.ask import run  # noqa: PLC0415 -- loaded when it is needed

    run(context, analysis, folder, data, as_of, form, out, language, wants_help=help_)


@app.command("report")
def report(  # noqa: PLR0913 -- the options of the command
    kind: Annotated[str, typer.Argument(help="Which report: weekly.")] = "weekly",
    folder: Folder = Path(),
    as_of: Annotated[str | None, typer.Option("--as-of", help="What was known then: a date or time; by default when the last thing happened that is known. The report is about the last week that had ended.")] = None,
    language: Annotated[str | None, typer.Option("--language", help="de or en; by default the company's.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The PDF to write.")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Keep nothing: the week does not count as reported.")] = False,
) -> None:
    """Write the weekly board report as a PDF."""
    from kundig.cli.report import run  # noqa: PLC0415 -- loaded when it is needed

    run(kind, folder, as_of, language, out, draft=draft)


@app.command("playbooks")
def playbooks(  # noqa: PLR0913 -- the options of the command
    action: Annotated[str, typer.Argument(help="list, check, simulate, explain, export, apply, run, let-in or effect.")] = "list",
    name: Annotated[str | None, typer.Argument(help="The playbook.")] = None,
    folder: Folder = Path(),
    since: Annotated[str | None, typer.Option("--since", help="Simulate from here on; by default a year before the end.")] = None,
    until: Annotated[str | None, typer.Option("--until", "--as-of", help="Simulate up to here, explain by what was known then, or run as if it were then; by default the latest moment at which anything became known, for run and apply the present.")] = None,
    horizon: Annotated[int | None, typer.Option("--horizon", help="Days in which to be lost, for the base rate of a simulation (90), and for the effect (as the playbook has it).")] = None,
    customer: Annotated[str | None, typer.Option("--customer", help="Whom to explain.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who applies a playbook or lets customers in; kept with the date.")] = None,
) -> None:
    """Playbooks: what to do when it happens, and when it does not; tried on the past before they are switched on."""
    from kundig.cli.playbooks import run  # noqa: PLC0415 -- loaded when it is needed

    run(action, name, folder, since=since, until=until, horizon=horizon, customer=customer, by=by)


@app.command("surveys")
def surveys(  # noqa: PLR0913 -- the options of the command
    action: Annotated[str, typer.Argument(help="list, check, export, apply, invite, link or ledger.")] = "list",
    name: Annotated[str | None, typer.Argument(help="The survey.")] = None,
    folder: Folder = Path(),
    panel: Annotated[str | None, typer.Option("--panel", help="Whom to invite.")] = None,
    round_: Annotated[str | None, typer.Option("--round", help="The name of the round; each member is asked once in it. By default the day.")] = None,
    channel: Annotated[str, typer.Option("--channel", help="For whom a link is: link, qr (an SVG) or embed (HTML).")] = "link",
    by: Annotated[str | None, typer.Option("--by", help="Who applies a survey or invites; kept with the date.")] = None,
) -> None:
    """Surveys: what is asked, of whom, how often; and who was asked, who was not, and why."""
    from kundig.cli.surveys import run  # noqa: PLC0415 -- loaded when it is needed

    run(action, name, folder, panel=panel, round_=round_, channel=channel, by=by)


@app.command("simulate")
def simulate(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    customers: Annotated[int, typer.Option(help="How many customers.")] = 5000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same company.")] = 7,
) -> None:
    """Write the silos of a simulated company, with what was planted in them."""
    from kundig.cli.simulate import run  # noqa: PLC0415 -- loaded when it is needed

    run(folder, customers, seed)


@app.command("demo")
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to put the demo.")] = Path("demo-company"),
    customers: Annotated[int, typer.Option(help="How many customers.")] = 5000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same company.")] = 7,
) -> None:
    """Show what kundig is for, on a simulated company."""
    from kundig.cli.demo import run  # noqa: PLC0415 -- loaded when it is needed

    run(folder, customers, seed)


@app.command("serve")
def serve(
    folder: Folder = Path(),
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    get: Annotated[str | None, typer.Option("--get", help="Answer this path to standard output, and end.")] = None,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Whether to start a worker beside it; without, `kundig worker` runs apart.")] = True,
) -> None:
    """Serve the pages of a workspace, and take events; the first run makes all they need."""
    from kundig.cli.serve import run  # noqa: PLC0415 -- loaded when it is needed

    run(folder, host, port, get, worker=worker)


@app.command("worker")
def worker(
    folder: Folder = Path(),
    only: Annotated[list[str] | None, typer.Option("--only", help="Do this job alone; may be given several times.")] = None,
    tied: Annotated[bool, typer.Option("--tied", hidden=True, help="End when standard input ends.")] = False,
) -> None:
    """Bring events that arrive into the lake, and do what is due; `kundig serve` starts one by itself."""
    from kundig.cli.worker import run  # noqa: PLC0415 -- loaded when it is needed

    run(folder, is_tied=tied, only=only or ())


@app.command("keys")
def keys(
    folder: Folder = Path(),
    add: Annotated[str | None, typer.Option("--add", metavar="SOURCE", help="Make a key that sends events of this source; it is shown once.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="What it is for, for a new key.")] = None,
    rate: Annotated[int | None, typer.Option("--rate", help="Events a second that a new key may send.")] = None,
    revoke: Annotated[int | None, typer.Option("--revoke", metavar="KEY", help="Let this key send nothing any longer.")] = None,
) -> None:
    """Write keys: who may send events, each for one source."""
    from kundig.cli.keys import run  # noqa: PLC0415 -- loaded when it is needed

    run(folder, add, name, rate, revoke)


@app.command("letters")
def letters(
    folder: Folder = Path(),
    replay: Annotated[bool, typer.Option("--replay", help="Send all again, with the rules and mappings as they are now.")] = False,
    discard: Annotated[int | None, typer.Option("--discard", metavar="LETTER", help="Throw one away.")] = None,
    show: Annotated[int | None, typer.Option("--show", metavar="LETTER", help="Show one whole.")] = None,
) -> None:
    """Dead letters: what arrived and could not become an event, with the reason."""
    from kundig.cli.letters import run  # noqa: PLC0415 -- loaded when it is needed

    run(folder, replay=replay, discard=discard, show=show)


def main() -> None:
    """Run the command line; an error that can be mended ends with its message and exit code 1."""
    # To load what a question needs makes a million objects that all stay: to look for lost ones among them takes a fifth of the time.
    gc.set_threshold(YOUNG)
    try:
        app()
    except KundigError as error:
        print(f"kundig: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of the pipe has seen enough.
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        print("kundig: stopped; what was finished is kept", file=sys.stderr)
        sys.exit(130)
