"""An option of pgBackRest says what a word of the overlay is for.

## Why

Options come last and win, so the word says one thing and pgBackRest does another: a repository with
`retention: {full: 5}` and the option `repo1-retention-full: "1"` keeps one backup. Other policies read the word.

## How to fix

Say it in the word, and remove the option.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.pgbackrest import base_name
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"words": ("backups.options",)}

WORDS = {
    "repo-path": "path",
    "repo-retention-full": "retention.full",
    "repo-retention-full-type": "retention.full",
    "repo-retention-diff": "retention.differential",
    "repo-cipher-type": "encryption",
    "repo-s3-uri-style": "s3.uriStyle",
}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    for option in cluster.backups.options:
        base, number = base_name(option)
        word = WORDS.get(base)
        if base == "repo-storage-verify-tls" and cluster.backups.repos.get(f"repo{number}"):
            word = "s3.verifyTls" if cluster.backups.repos[f"repo{number}"].s3 else None
        if word and f"repo{number}" in cluster.backups.repos:
            message = f"{option} says what `repos.repo{number}.{word}` is for"
            path = ("clusters", cluster.name, "backups", "options", option)
            yield Violation(message, f"Set `backups.repos.repo{number}.{word}`.", path, at_key=True)
