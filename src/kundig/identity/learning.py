"""What was learned about resemblance and what was compared by it, kept from run to run as files. All of it can be made anew."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.identity.fresh import Compared
    from kundig.identity.probable import Model

FORMAT = 3
TABLES = ("records", "closed", "pairs")


def keep_model(file: Path, model: Model) -> None:
    """Write the model, and beside it how frequent values were; the file is whole or not there."""
    plan = model.plan
    _write(_beside(file, "frequencies"), model.frequencies.times)
    told = {
        "format": FORMAT,
        "prior": model.prior,
        "threshold": model.threshold,
        "records": model.records,
        "believed": list(model.believed),
        "settled": model.settled,
        "sorts": dict(plan.sorts),
        "rules": [list(rule) for rule in plan.rules],
        "pairs": [plan.pairs[rule] for rule in plan.rules],
        "largest": list(plan.largest),
        "warnings": list(plan.warnings),
        "known": dict(model.frequencies.known),
        "frequencies": _digest(model.frequencies.times),
        "parameters": dict(model.parameters),
    }
    part = file.with_suffix(".part")
    part.write_text(json.dumps(told, indent=1), encoding="utf-8")
    part.replace(file)


def kept_model(file: Path) -> Model | None:
    """The model that was kept; None where there is none that this kundig can read."""
    from kundig.identity.frequencies import Frequencies  # noqa: PLC0415 -- slow import
    from kundig.identity.linkage import Plan  # noqa: PLC0415 -- loaded when it is needed
    from kundig.identity.probable import Model  # noqa: PLC0415 -- loaded when it is needed

    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            return None
        times = _read(_beside(file, "frequencies"))
        if _digest(times) != told["frequencies"]:
            return None
        rules = [tuple(rule) for rule in told["rules"]]
        plan = Plan(told["sorts"], rules, dict(zip(rules, told["pairs"], strict=True)), told["largest"], tuple(told["warnings"]))
        return Model(plan, told["parameters"], told["prior"], told["threshold"], told["records"], Frequencies(told["known"], times), told["believed"], told["settled"])
    except (OSError, ValueError, KeyError, TypeError):
        # It is derived: learned anew where it is not there or damaged.
        return None


def keep_compared(file: Path, compared: Compared) -> None:
    """Write what was compared beside the model in `file`; every part names the model and the run, so that parts of two runs are never taken for one."""
    made = {"model": compared.model, "run": sha256("".join(_digest(getattr(compared, name)) for name in TABLES).encode()).hexdigest()}
    for name in TABLES:
        table: pa.Table = getattr(compared, name)
        _write(_beside(file, name), table.replace_schema_metadata(made))


def kept_compared(file: Path) -> Compared | None:
    """What the run before has compared; None where it was not kept, or not whole."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    from kundig.identity.fresh import Compared  # noqa: PLC0415 -- loaded when it is needed

    try:
        parts = {name: _read(_beside(file, name)) for name in TABLES}
        made = [(part.schema.metadata[b"model"], part.schema.metadata[b"run"]) for part in parts.values()]
    except (OSError, KeyError, TypeError, pa.ArrowException):
        return None
    return Compared(made[0][0].decode(), **parts) if len(set(made)) == 1 else None


def _beside(file: Path, name: str) -> Path:
    return file.with_suffix("") / f"{name}.parquet"


def _digest(table: pa.Table) -> str:
    """A hash of the values, whatever the metadata."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    sink = pa.BufferOutputStream()
    bare = table.replace_schema_metadata(None).combine_chunks()
    with pa.ipc.new_stream(sink, bare.schema) as stream:
        stream.write_table(bare)
    return sha256(sink.getvalue()).hexdigest()


def _write(file: Path, table: pa.Table) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415 -- slow import

    file.parent.mkdir(exist_ok=True)
    part = file.with_suffix(".part")
    pq.write_table(table, part)
    part.replace(file)


def _read(file: Path) -> pa.Table:
    import pyarrow.parquet as pq  # noqa: PLC0415 -- slow import

    return pq.read_table(file)
