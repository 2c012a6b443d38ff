# SPDX-License-Identifier: Apache-2.0
"""DatabaseMigrations as YAML, with comments on what their hints do not say."""

import os
import shlex
from typing import Any, Dict, List, Optional

import yaml

from .history import object_name, title
from .recorder import Recording

# As many as the CRD of DatabaseMigration takes.
MAX_HINTS = 500
# Nothing is folded: what a hint says of a column is one line.
LINE = 100_000
TEXT, MAP, SEQUENCE = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq"))


class _Dumper(yaml.SafeDumper):
    pass


class _Line(dict):
    """A map on one line."""


class _Row(list):
    """A list on one line."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    # PyYAML reads 1e5 as text, but Kubernetes reads a number.
    plain = value[:1].isalpha() and "\n" not in value
    return dumper.represent_scalar(TEXT, value, style=None if plain else '"')


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Line, lambda dumper, value: dumper.represent_mapping(MAP, value.items(), flow_style=True))
_Dumper.add_representer(_Row, lambda dumper, value: dumper.represent_sequence(SEQUENCE, value, flow_style=True))


def _on_one_line(value: Any) -> Any:
    if isinstance(value, dict):
        return _Line((key, _on_one_line(item)) for key, item in value.items())
    return _Row(value) if isinstance(value, list) else value


def not_described(unknown: int, total: int) -> str:
    return f"{unknown} of {total} operations {'is' if unknown == 1 else 'are'} not described"


class Description:
    """One revision: the object, and what it leaves unsaid."""

    def __init__(self, script: Any, recording: Recording):
        self.script, self.recording = script, recording
        self.hints = recording.hints[:MAX_HINTS]
        described = 0
        for operation in recording.operations:
            described += len(operation.hints)
            if described > MAX_HINTS and operation.hints:
                operation.reason = f"an object has at most {MAX_HINTS} hints"

    @property
    def total(self) -> int:
        return len(self.recording.operations)

    @property
    def unknown(self) -> int:
        return sum(operation.reason is not None for operation in self.recording.operations)

    @property
    def complete(self) -> bool:
        return self.unknown == 0 and self.recording.stopped is None

    def remarks(self) -> List[str]:
        """What a reader must know, each with the line of the revision's file; none when there is nothing."""
        said = []
        for operation in self.recording.operations:
            for text in ([f"not described: {operation.reason}"] if operation.reason else []) + operation.remarks:
                said.append(f"{self._at(operation.line)}: {operation.name}: {text}")
        if self.recording.stopped is not None:
            why = f"{self.recording.stopped}; nothing is known of what would come after"
            said.append(f"{self._at(self.recording.stopped_line)}: upgrade() could not be followed: {why}")
        return said

    def summary(self) -> str:
        return "" if self.unknown == 0 else not_described(self.unknown, self.total)

    def _at(self, line: Optional[int]) -> str:
        name = os.path.basename(self.script.path)
        return f"{name}:{line}" if line is not None else name


def to_object(
    description: Description, previous: Optional[Any], image: Optional[str], command: str, namespace: Optional[str]
) -> Dict[str, Any]:
    """The DatabaseMigration, without a container when there is no image."""
    script = description.script
    metadata = _Line(name=object_name(script))
    if namespace is not None:
        metadata["namespace"] = namespace
    spec: Dict[str, Any] = {} if previous is None else {"previous": object_name(previous)}
    spec["version"] = script.revision
    if image is not None:
        words = [word.replace("{revision}", script.revision) for word in shlex.split(command)]
        spec["container"] = {"image": image, **({"command": _Row(words)} if words else {})}
    if description.hints:
        spec["hints"] = [{k: _on_one_line(v) for k, v in hint.items()} for hint in description.hints]
    return {
        "apiVersion": "dbaoperator.dev/v1alpha1",
        "kind": "DatabaseMigration",
        "metadata": metadata,
        "spec": spec,
    }


def to_yaml(description: Description, document: Dict[str, Any]) -> str:
    head = [f"{description.script.revision}: {title(description.script) or 'no message'}."]
    head += [text for text in [description.summary()] if text] + description.remarks()
    if "container" not in document["spec"]:
        head.append("spec.container is left out, for want of --image.")
    comments = "".join(f"# {line}\n" for line in head)
    options = {"sort_keys": False, "default_flow_style": False, "allow_unicode": True}
    return comments + yaml.dump(document, Dumper=_Dumper, width=LINE, **options)
