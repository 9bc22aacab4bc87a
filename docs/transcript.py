"""Pages whose examples are replayed: blocks with a title are files, `console` blocks are commands with what they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def replayed(page: str, folder: Path) -> str:
    """The page with every console block as it comes out now, run from top to bottom in a folder."""

    def block(match: re.Match[str]) -> str:
        language, title, body = match.groups()
        if title:
            (folder / title).write_text(body, encoding="utf-8")
        if language != "console":
            return match[0]
        commands = [line for line in body.splitlines() if line.startswith("$ ")]
        return "```console\n" + "".join(f"{command}\n{_said(command[2:], folder)}" for command in commands) + "```"

    return _BLOCK.sub(block, page)


def _said(command: str, folder: Path) -> str:
    environment = os.environ | {"COLUMNS": "90", "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    done = subprocess.run(command, shell=True, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False)  # noqa: S602 -- our own pages
    return "".join(line.rstrip() + "\n" for line in done.stdout.replace(str(folder), "~/bean").splitlines())
