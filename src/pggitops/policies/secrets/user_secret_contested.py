"""A user's Secret is written by two against each other.

## Why

The operator completes a user's Secret with addresses, URIs and the verifier of the password. External Secrets throws
away what it has not written, at every refresh or as soon as it sees a change; Sealed Secrets does so whenever its
controller starts. Applications lose their URI, and a password that has changed in the store changes at an hour nobody
chose. One Secret of two users holds the name of one; what else it is to hold is thrown away. What is immutable cannot
be completed at all, and the operator stops there.

## How to fix

An ExternalSecret of a user has `creationPolicy: Orphan`, which leaves changes alone, and `refreshPolicy: OnChange`.
A SealedSecret of a user makes a Secret that is only patched: the command of `pggitops secrets ENV` says so. Give each
user a Secret of its own, and leave `immutable` out.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.parts.names import user_secret
from pggitops.policies import Facts
from pggitops.secret_sources import SecretSource, mapping

severity = Severity.ERROR

PATCH = "sealedsecrets.bitnami.com/patch"


def check_environment(facts: Facts) -> Iterator[Violation]:
    users: dict[str, str] = {}
    for cluster in facts.environment.clusters.values():
        for user in cluster.users.values():
            name, who = user_secret(cluster, user), f"{user.name} of {cluster.name}"
            if users.setdefault(name, who) != who:
                message = f"the Secret {name} is the password of {users[name]} and of {who}"
                at = ("clusters", cluster.name, "users", user.name, "secret")
                yield Violation(message, "Give each user a Secret.", at)
    for one in facts.needed_secrets:
        more = [key for key in one.keys if key != "password"] if one.name in users else ()
        if more:
            message = f"the Secret {one.name} is the password of {users[one.name]}, and holds {', '.join(more)} too"
            yield Violation(message, "Give the user a Secret of its own.", one.item)
    for source in facts.secret_sources:
        if source.file and source.name in users:
            if source.is_immutable:
                message = f"{source.name} is immutable, and the operator adds to it"
                yield Violation(message, "Remove `immutable`.", source.immutable_path, manifest=source.manifest)
            judge = _JUDGES.get(source.maker)
            yield from judge(source) if judge else ()


def _sealed(source: SecretSource) -> Iterator[Violation]:
    template = mapping(mapping(source.document, "spec"), "template")
    annotations = mapping(mapping(template, "metadata"), "annotations")
    if annotations.get(PATCH) != "true":
        message = f"Sealed Secrets throws away what the operator adds to {source.name}"
        at = ("spec", "template", "metadata", "annotations")
        yield Violation(message, f'Seal it with the annotation `{PATCH}: "true"`.', at, manifest=source.manifest)


def _external(source: SecretSource) -> Iterator[Violation]:
    spec = mapping(source.document, "spec")
    creation = mapping(spec, "target").get("creationPolicy", "Owner")
    refresh, interval = spec.get("refreshPolicy", "Periodic"), spec.get("refreshInterval")
    if creation == "Owner":
        message = f"External Secrets throws away what the operator adds to {source.name}"
        at = ("spec", "target", "creationPolicy")
        yield Violation(message, "Set `creationPolicy: Orphan`.", at, manifest=source.manifest)
    if refresh == "Periodic" and interval not in ("0", "0s"):
        message = f"External Secrets writes {source.name} at every refresh, whatever the operator has added"
        yield Violation(message, "Set `refreshPolicy: OnChange`.", ("spec", "refreshPolicy"), manifest=source.manifest)


_JUDGES = {"external-secrets": _external, "sealed-secrets": _sealed}
