"""Secrets come as SOPS files, and the GitOps engine does not decrypt them.

## Why

Argo CD has no decryption of its own: it applies what it finds, and the encrypted text becomes the password. Flux
decrypts, but only where it is told which keys to use, and refuses the whole Kustomization otherwise.

## How to fix

With Flux, name the Secret with the keys: `delivery: {decryption: sops-age}`. With Argo CD, use SealedSecrets or
a store. Where a plugin of Argo CD decrypts, waive this.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR


def check_environment(facts: Facts) -> Iterator[Violation]:
    delivery, secrets = facts.environment.delivery, facts.environment.secrets
    files = [each for each in facts.secret_sources if each.maker == "sops"]
    excepted = [name for name, provider in secrets.except_.items() if provider == "sops"]
    if not files and not excepted and secrets.provider != "sops":
        return
    if delivery.engine == "flux" and not delivery.decryption:
        fix = "Name the Secret with the keys: `delivery: {decryption: sops-age}`."
        yield Violation("Flux is not told how to decrypt SOPS files", fix, ("delivery",))
    if delivery.engine != "argocd":
        return
    message, fix = "Argo CD does not decrypt SOPS files", "Use `sealed-secrets` or `external-secrets`."
    if secrets.provider == "sops":
        yield Violation(message, fix, ("secrets", "provider"))
    elif excepted:
        yield Violation(message, fix, ("secrets", "except", excepted[0]))
    for each in files if secrets.provider != "sops" and not excepted else ():
        yield Violation(message, fix, ("sops",), manifest=each.manifest, at_key=True)
