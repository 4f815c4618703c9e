"""A word of `delivery` means nothing to the engine that delivers the environment.

## Why

`syncWindows` become part of an AppProject, which only Argo CD has; `kubeConfig`, `decryption` and `serviceAccount`
become fields of a Kustomization, which only Flux has. The other engine never hears of them: a window that is not kept
and a file that is not decrypted are found out late. In the namespace the other engine lives in, nobody reads what is
rendered.

## How to fix

Remove the word (`namespace` is then that of the engine), or say `engine` as it is meant. Argo CD knows its targets by
name, so it needs no `kubeConfig`; it has no decryption of its own, so let External Secrets or SealedSecrets make the
Secrets.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Delivery
from pggitops.parts.engines import NAMESPACES
from pggitops.policies import Facts

severity = Severity.ERROR
about = {
    "words": (
        "delivery.sync_windows",
        "delivery.kube_config",
        "delivery.decryption",
        "delivery.service_account",
        "delivery.namespace",
    )
}

WORDS = {"syncWindows": "argocd", "kubeConfig": "flux", "decryption": "flux", "serviceAccount": "flux"}
NAMES = {"argocd": "Argo CD", "flux": "Flux"}


def check_environment(facts: Facts) -> Iterator[Violation]:
    delivery = facts.environment.delivery
    for word, engine in WORDS.items():
        if delivery.engine not in ("none", engine) and _said(delivery, word):
            message = f"`{word}` is a word for {NAMES[engine]}, and {NAMES[delivery.engine]} delivers this environment"
            fix = f"Remove it (`{word}: null`), or write `engine: {engine}`."
            yield Violation(message, fix, ("delivery", word), at_key=True)
    for engine, namespace in NAMESPACES.items():
        if delivery.namespace == namespace and delivery.engine not in ("none", engine):
            name = NAMES[delivery.engine]
            message = f"`{namespace}` is where {NAMES[engine]} lives, and {name} delivers this environment"
            fix = f"Remove it (`namespace: null`), or write where {name} lives."
            yield Violation(message, fix, ("delivery", "namespace"))


def _said(delivery: Delivery, word: str) -> bool:
    values = {
        "syncWindows": delivery.sync_windows,
        "kubeConfig": delivery.kube_config,
        "decryption": delivery.decryption,
        "serviceAccount": delivery.service_account,
    }
    return bool(values[word])
