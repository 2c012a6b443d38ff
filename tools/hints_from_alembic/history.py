# SPDX-License-Identifier: Apache-2.0
"""The revisions of an Alembic history as a chain, and their names as Kubernetes objects."""

import hashlib
import os
import re
import warnings
from typing import Any, List, Optional, Tuple

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError

from .errors import ToolError

# The CRD of DatabaseMigration demands 63 or fewer; a Secret's name is made of this and of the ManagedDatabase's.
NAME_LENGTH = 48


def _label(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def title(script: Any) -> str:
    """The first line of the revision's message."""
    return (script.doc or "").strip().partition("\n")[0].rstrip(".")


def object_name(script: Any) -> str:
    """A DNS label (RFC 1123) that hangs on this revision alone, so that it stays when others are added."""
    revision = _label(script.revision)
    if revision != script.revision.replace("_", "-") or len(revision) > 32:
        # Something of the identifier is lost: keep those apart that now look alike.
        revision = f"{revision[:24]}-{hashlib.sha256(script.revision.encode()).hexdigest()[:8]}".strip("-")
    words = f"{revision}-{_label(title(script))}"
    if len(words) > NAME_LENGTH:
        words = words[: NAME_LENGTH + 1].rpartition("-")[0]
    return words.strip("-")


def _config(path: Optional[str], section: str, location: Optional[str]) -> Config:
    if path is not None and not os.path.isfile(path):
        raise ToolError(f"there is no file {path}", "--config with the path of alembic.ini, or --script-location")
    config = Config(path, ini_section=section) if path is not None else Config(ini_section=section)
    if location is not None:
        config.set_main_option("script_location", location)
    elif not config.file_config.has_option(section, "script_location"):
        raise ToolError(
            f"{path or 'the configuration'} has no script_location in its section [{section}]",
            "--name with the section that has one",
        )
    return config


class History:
    """The revisions below one script_location. Raises ToolError when they are not a readable history."""

    def __init__(self, config: Optional[str], section: str, location: Optional[str]):
        self.config = _config(config, section, location)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            try:
                self.directory = ScriptDirectory.from_config(self.config)
                self.scripts = list(self.directory.walk_revisions())
                failure = None
            except Exception as error:  # a revision is Python: reading it may raise anything
                failure = error
        # Alembic warns of a revision that is missing or there twice, and then goes on or breaks with a KeyError.
        wrong = [str(w.message) for w in said if issubclass(w.category, UserWarning)]
        if wrong:
            raise ToolError(". ".join(wrong), "mend revision and down_revision in the files; alembic history must work")
        if failure is not None:
            remedy = "alembic history, which reads the same files"
            raise ToolError(f"the history cannot be read: {failure}", remedy) from failure

    def choose(self, wanted: str) -> List[Any]:
        """The revisions to describe, oldest first: one, a range FROM:TO without FROM, or all."""
        if not self.scripts:
            raise ToolError("the history has no revision", "--config or --script-location of another history")
        if wanted == "all":
            self._check_chain()
            chosen = self.scripts[::-1]
        elif ":" in wanted:
            lower, upper = wanted.split(":", 1)
            chosen = self._range(lower or "base", upper or "head")
        else:
            chosen = [self._one(wanted)]
        for script in chosen:
            self.previous(script)
        self._check_names(chosen)
        return chosen

    def _one(self, wanted: str) -> Any:
        try:
            script = self.directory.get_revision(wanted)
        except (CommandError, RevisionError) as error:
            raise ToolError(str(error), "alembic history, which lists the revisions") from error
        if script is None:
            raise ToolError(f"{wanted} is no revision that could be applied", "alembic history lists the revisions")
        return script

    def _range(self, lower: str, upper: str) -> List[Any]:
        try:
            chosen = list(self.directory.iterate_revisions(upper, lower))
        except (CommandError, RevisionError) as error:
            raise ToolError(str(error), "FROM:TO, where TO comes after FROM in alembic history") from error
        if not chosen:
            raise ToolError(f"no revision lies after {lower} up to {upper}", "FROM:TO, as alembic history orders them")
        return chosen[::-1]

    def _check_chain(self) -> None:
        for what, found in (("first revisions", self.directory.get_bases()), ("heads", self.directory.get_heads())):
            if len(found) > 1:
                names = ", ".join(sorted(found))
                raise ToolError(
                    f"the history has {len(found)} {what}: {names}; DatabaseMigrations are one chain",
                    "alembic merge heads makes one head; --revision FROM:TO describes a part without a branch",
                )

    def previous(self, script: Any) -> Optional[Any]:
        """The one revision before this; raises ToolError at merges and branches."""
        before: Tuple[str, ...] = tuple(script._versioned_down_revisions)
        if len(before) > 1:
            raise ToolError(
                f"revision {script.revision} merges {' and '.join(before)}; a DatabaseMigration has one previous",
                f"--revision {script.revision}:head describes what comes after it",
            )
        if script.dependencies:
            raise ToolError(
                f"revision {script.revision} depends_on {script.dependencies}; a DatabaseMigration has one previous",
                "a revision whose down_revision is what it depends on",
            )
        if not before:
            return None
        parent = self.directory.get_revision(before[0])
        if parent.is_branch_point:
            after = " and ".join(sorted(parent.nextrev))
            raise ToolError(
                f"the history branches after {parent.revision}, into {after}; DatabaseMigrations are one chain",
                f"let {script.revision} come after the others (down_revision), or describe what comes after the merge",
            )
        return parent

    def _check_names(self, chosen: List[Any]) -> None:
        names: dict = {}
        for script in self.scripts:
            names.setdefault(object_name(script), []).append(script.revision)
        for script in chosen:
            alike = names[object_name(script)]
            if len(alike) > 1:
                raise ToolError(
                    f"the revisions {' and '.join(alike)} would both be named {object_name(script)}",
                    "another message in the first line of one of them",
                )
