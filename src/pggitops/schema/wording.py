"""The rules of the kinds we ship in words: what is wrong, what to do, and which key it is about.

Most rules forbid keys; those are read from the rule itself. The rest stand in a table by the rule's own text; a rule of
a kind that somebody added says what its author wrote.
"""

from __future__ import annotations

import re
from typing import Any

from pggitops.findings import Path
from pggitops.schema.repair import show

_FORBIDDEN = r"!has\(self\.(\w+)\)"
_PREFIX = r"!self\.exists\(k, k\.startsWith\([\"'](\w+)[\"']\)(.*)\)"
_NAMED = r"[\"'](\w+)[\"']"

_CASES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "!has(self.users) || self.postgresVersion >= 15 || "
    "self.users.all(u, !has(u.grantPublicSchemaAccess) || !u.grantPublicSchemaAccess)": (
        "a user has grantPublicSchemaAccess, which needs PostgreSQL 15 or newer; postgresVersion is {postgresVersion}",
        "Remove grantPublicSchemaAccess, or raise postgresVersion.",
        ("users",),
    ),
    "(has(self.enabled) && self.enabled == false) || (has(self.pgbackrest.repos) && size(self.pgbackrest.repos) > 0)": (
        "backups are on and have no repository",
        "Add one to pgbackrest.repos, or write `enabled: false`.",
        ("pgbackrest", "repos"),
    ),
    'has(self.className) && self.className != ""': (
        "{label} has no className",
        "Write the VolumeSnapshotClass.",
        ("className",),
    ),
    '!has(self.wal_level) || self.wal_level in ["logical"]': (
        "wal_level is {wal_level}; expected logical",
        "Write `wal_level: logical`, or remove it.",
        ("wal_level",),
    ),
    'self.method == "volumeSnapshot" || has(self.repoName)': (
        "the backup has no repoName, and is no volumeSnapshot",
        "Add `repoName`, or write `method: volumeSnapshot`.",
        ("repoName",),
    ),
    '((has(self.repoName) && self.repoName != "") || '
    '(has(self.volumeSnapshotBackupName) && self.volumeSnapshotBackupName != ""))': (
        "the restore has neither repoName nor volumeSnapshotBackupName",
        "Say which of them it restores from.",
        (),
    ),
    "has(self.configMapRef) || has(self.secretRef)": (
        "{label} has neither configMapRef nor secretRef",
        "Say where the kubeconfig comes from.",
        (),
    ),
    "!has(self.configMapRef) || !has(self.secretRef)": (
        "{label} has both configMapRef and secretRef",
        "Keep one of them.",
        (),
    ),
    "!has(self.serviceAccountName) || (has(self.provider) && (self.provider == 'azure' || self.provider == 'aws'))": (
        "serviceAccountName is {serviceAccountName}, which needs the provider azure or aws",
        "Write `provider: azure` or `provider: aws`, or remove it.",
        ("serviceAccountName",),
    ),
}
UNCHANGED = "self == oldSelf"


def words(rule: str, said: str, label: str, value: Any, old: Any) -> tuple[str, str, Path, bool]:
    """A broken rule: the message, what to do, the steps from its place to what is wrong, and whether that is a key.

    `said` is what the rule says of itself, or nothing; `label` is what a message calls its place.
    """
    keys = forbidden(rule, value) if isinstance(value, dict) else []
    if keys:
        because = f": {said}" if said else ""
        return f"{' and '.join(keys)} may not stand in {label}{because}", "Remove it.", (keys[0],), True
    if rule == UNCHANGED:
        return f"{label} is {show(value)} and was {show(old)}; it cannot be changed", "Make a new object.", (), False
    if rule in _CASES:
        message, fix, steps = _CASES[rule]
        known = {name: show(each) for name, each in value.items()} if isinstance(value, dict) else {}
        return message.format_map({**known, "label": label}), fix, steps, False
    if said:
        return f"{label}: {said}", "Write what the kind asks for.", (), False
    return f"{label} breaks the rule `{rule}`", "Write what the rule asks for.", (), False


def forbidden(rule: str, value: dict[str, Any]) -> list[str]:
    """The keys a rule forbids that are there; empty for a rule of another form."""
    found: list[str] = []
    # one exists(...) may have an `&&` of its own
    first, _, rest = rule.partition(" && ")
    parts = (
        [rule] if re.fullmatch(_PREFIX, rule) else [first, rest] if re.fullmatch(_PREFIX, rest) else rule.split(" && ")
    )
    for part in parts:
        prefix = re.fullmatch(_PREFIX, part)
        if prefix:
            excepted = re.findall(_NAMED, prefix[2])
            found += [key for key in value if key.startswith(prefix[1]) and key not in excepted]
        elif name := re.fullmatch(_FORBIDDEN, part):
            found += [name[1]] if name[1] in value else []
        elif part:
            return []
    return found
