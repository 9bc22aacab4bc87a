"""What was learned about resemblance, kept from run to run as a file that can be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kundig.identity.probable import Model

FORMAT = 1


def keep_model(file: Path, model: Model) -> None:
    """Write the model; the file is whole or not there."""
    plan = model.plan
    told = {
        "format": FORMAT,
        "prior": model.prior,
        "threshold": model.threshold,
        "records": model.records,
        "sorts": dict(plan.sorts),
        "rules": [list(rule) for rule in plan.rules],
        "pairs": [plan.pairs[rule] for rule in plan.rules],
        "largest": list(plan.largest),
        "warnings": list(plan.warnings),
        "parameters": dict(model.parameters),
    }
    part = file.with_suffix(".part")
    part.write_text(json.dumps(told, indent=1), encoding="utf-8")
    part.replace(file)


def kept_model(file: Path) -> Model | None:
    """The model that was kept; None where there is none that this kundig can read."""
    from kundig.identity.linkage import Plan  # noqa: PLC0415 -- slow import
    from kundig.identity.probable import Model  # noqa: PLC0415

    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            return None
        rules = [tuple(rule) for rule in told["rules"]]
        plan = Plan(told["sorts"], rules, dict(zip(rules, told["pairs"], strict=True)), told["largest"], tuple(told["warnings"]))
        return Model(plan, told["parameters"], told["prior"], told["threshold"], told["records"])
    except (OSError, ValueError, KeyError, TypeError):
        # It is derived: learned anew where it is not there or damaged.
        return None
