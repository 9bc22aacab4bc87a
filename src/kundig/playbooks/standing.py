"""Where somebody stands in a playbook, by the last step that was settled."""

from __future__ import annotations

from kundig.playbooks.steps import Step, walked


def following(steps: tuple[Step, ...], path: str | None, outcome: str | None) -> str | None:
    """The step after the last one that was settled; None where nothing follows.

    >>> steps = (Step(wait="1 day"), Step.model_validate({"end": True}))
    >>> following(steps, None, None), following(steps, "1", "waited"), following(steps, "2", "ended")
    ('1', '2', None)

    Args:
        steps: of the playbook.
        path: of the last step that was settled; None where none was.
        outcome: of that step.
    """
    known = dict(walked(steps))
    if path is None:
        return "1"
    if outcome == "ended":
        return None
    step = known.get(path)
    if step is not None and step.ways.get(outcome or ""):
        return f"{path}.{outcome}.1"
    while path:
        before, _, number = path.rpartition(".")
        beside = f"{before}{'.' if before else ''}{int(number) + 1}"
        if beside in known:
            return beside
        # Out of the way, to what follows the step that leads into it.
        path = before.rpartition(".")[0]
    return None
