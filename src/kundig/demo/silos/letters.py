"""What the company wrote: one JSON-lines file with the whole text of every letter and e-mail.

The text stands in the row and not in a file of its own, since kundig reads tables, and since output-management
systems archive it like that; the wording of each kind lies beside it as text, as the print shop keeps it.
"""

from __future__ import annotations

import numpy as np

from kundig.demo.block import CUSTOMER, Block, english
from kundig.demo.files import json_lines, stamps
from kundig.demo.letters import worded, wordings
from kundig.demo.period import at


def write(block: Block) -> None:
    """Letters and e-mails as JSON lines, and the wordings as text files."""
    of, rng = block.letters, block.stream("sent")
    number = CUSTOMER + block.people.person[of.customer]
    moment = at(of.day, rng, 6, 8)
    columns = {
        "sent": stamps(moment), "customer": number.astype(str).astype(object), "kind": of.kind, "channel": np.where(of.post, "post", "email").astype(object),
        "language": english(block.people, of.customer), "text": worded(of, block.people, number),
    }  # fmt: skip
    block.count("letters", json_lines(block.file("letters", "ausgang.jsonl"), columns))
    if block.number == 0:
        folder = block.data / "letters" / "wordings"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in wordings().items():
            (folder / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
