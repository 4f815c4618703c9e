"""The URL of the repository holds a password or a token.

## Why

The URL is committed, rendered into every Application or source and shown in the engine's web pages. Whoever reads the
repository can then write to it.

## How to fix

Write the bare URL and revoke what stood in it. Argo CD finds credentials by the URL, in a Secret with the label
`argocd.argoproj.io/secret-type: repository`; for Flux name the Secret in `delivery.secret`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.patterns import pattern
from pggitops.policies import Facts

severity = Severity.ERROR

# a user alone is how ssh is told who asks; over https it is a token
_SECRET = pattern(r"(?:https?|oci|git)://[^/@]+@|[a-z]+://[^/@:]*:[^/@]+@")


def check_environment(facts: Facts) -> Iterator[Violation]:
    found = _SECRET().match(facts.environment.delivery.repository or "")
    if found:
        scheme, _, rest = (facts.environment.delivery.repository or "").partition("://")
        fix = f"Write {scheme}://{rest.rpartition('@')[2]}, and revoke what stood there."
        yield Violation("the repository's URL holds a secret", fix, ("delivery", "repository"), is_secret=True)
