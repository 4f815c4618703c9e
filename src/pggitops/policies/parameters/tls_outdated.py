"""Connections may use a version of TLS or ciphers that are broken.

## Why

TLS 1.0 and 1.1 are withdrawn (RFC 8996), and PostgreSQL's own least is 1.2 since 13. Ciphers
without encryption, without authentication, or of RC4, DES and MD5 give a false feeling of safety.

## How to fix

Remove it. `ssl_min_protocol_version: TLSv1.3` is stricter, if all clients can.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING
about = {"parameters": ("ssl_min_protocol_version", "ssl_max_protocol_version", "ssl_ciphers")}

OLD = ("tlsv1", "tlsv1.1")
WEAK = ("ALL", "ANULL", "COMPLEMENTOFALL", "DES", "ENULL", "EXP", "EXPORT", "LOW", "MD5", "NULL", "RC4")


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    for key in ("ssl_min_protocol_version", "ssl_max_protocol_version"):
        if str(own.get(key)).lower() in OLD:
            message = f"{key}: {own[key]} allows TLS before 1.2"
            yield Violation(message, "Write `TLSv1.2` or `TLSv1.3`.", (*parameters.AT, key), manifest=name)
    # what is excluded for good after ALL is known to whoever writes it that way
    ciphers = str(own.get("ssl_ciphers", "")).upper().replace(",", ":").split(":")
    weak = [cipher for cipher in ciphers if cipher.strip("+") in WEAK]
    if weak and not {"!ANULL", "!ENULL"} & set(ciphers):
        message = f"ssl_ciphers allows {', '.join(weak)}"
        yield Violation(message, "Remove it; the default is HIGH.", (*parameters.AT, "ssl_ciphers"), manifest=name)
