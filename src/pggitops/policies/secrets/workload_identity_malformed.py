"""A workload identity has not the form that the platform knows.

## Why

The annotation of a service account is not checked when it is written: a role that is none, or another cloud's account,
gives no identity. The first to notice is the first WAL segment, which cannot be archived.

## How to fix

On EKS give the ARN of the role, `arn:aws:iam::123456789012:role/payments-backup`; on GKE the e-mail address of the
account, `payments-backup@acme.iam.gserviceaccount.com`.
"""

import re
from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.parts.backups import identity_sources
from pggitops.policies import Facts

severity = Severity.ERROR

FORMS = {
    "eks": (re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+"), "the ARN of a role"),
    "gke": (re.compile(r"[a-z0-9-]+@[a-z0-9.-]+\.iam\.gserviceaccount\.com"), "the e-mail address of an account"),
}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    platform = facts.environment.target.platform
    if platform not in FORMS:
        return
    pattern, form = FORMS[platform]
    for _, source, path in identity_sources(cluster):
        identity = source.credentials.workload_identity
        if identity and not pattern.fullmatch(identity):
            at = ("clusters", cluster.name, *path, "credentials", "workloadIdentity")
            yield Violation(f'"{identity}" is not {form}', f"Give {form}, as {platform.upper()} knows it.", at)
