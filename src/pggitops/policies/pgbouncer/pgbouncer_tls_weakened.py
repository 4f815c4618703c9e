"""A setting takes the encryption off the way to PgBouncer, or from it to PostgreSQL.

## Why

The operator has PgBouncer demand TLS of clients (`require`) and check the server's certificate and name
(`verify-full`). Below that, passwords and data can be read, or a pod that answers in the server's place gets them all.
`legacy` protocols bring TLS 1.0 and 1.1 back, which are withdrawn (RFC 8996).

## How to fix

Remove it.
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING

STRICT = {"client_tls_sslmode": ("require", "verify-ca", "verify-full"), "server_tls_sslmode": ("verify-full",)}
PROTOCOLS = {"all", "legacy", "tlsv1.0", "tlsv1.1"}
CIPHERS = {"all", "insecure", "legacy", "compat"}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = pooler.of(resource.document)
    for key in own:
        if "tls" not in key:
            continue
        written = str(own[key]).strip().lower()
        end = key.partition("_tls_")[2]
        weak = (
            written not in STRICT[key] if key in STRICT
            else not PROTOCOLS.isdisjoint(written.replace(":", ",").split(",")) if end == "protocols"
            else end == "ciphers" and written in CIPHERS
        )  # fmt: skip
        if weak:
            message = f"{key}: {own[key]} takes protection off that the operator puts on"
            yield Violation(message, "Remove it.", (*pooler.GLOBAL, key), manifest=name)
