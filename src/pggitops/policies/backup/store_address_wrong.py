"""The address of an S3 repository leads nowhere.

## Why

By default the bucket is put before the endpoint, `BUCKET.ENDPOINT`. In front of an address or of a Service of
Kubernetes there is no such name. AWS has certificates for one label before its endpoint, so that a bucket with dots in
its name fails verification. And a request that is signed for another region than the endpoint's is refused. Nothing is
archived, and the write-ahead log fills the volume.

## How to fix

Write `uriStyle: path` for a store of your own and for a bucket with dots, and for AWS leave `endpoint` out.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import S3, Cluster
from pggitops.patterns import pattern
from pggitops.pgbackrest import options_of
from pggitops.policies import Facts

severity = Severity.ERROR

_AWS = pattern(r"s3[.-](?:dualstack\.)?(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9])\.amazonaws\.com(?:\.cn)?")
_HOST_ONLY = pattern(r"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[^:]+\.svc(?:\.[^:]+)?|[^.:]+)(?::[0-9]+)?")


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    for repo in cluster.backups.ordered:
        if repo.s3 is None:
            continue
        style = options_of(facts.resource(cluster)[1].document).get(f"{repo.name}-s3-uri-style", "host")
        problem = _problem(repo.s3, style, f"{repo.name}-storage-host" in cluster.backups.options)
        if problem:
            word, message, fix = problem
            yield Violation(message, fix, ("clusters", cluster.name, "backups", "repos", repo.name, "s3", word))


def _problem(s3: S3, style: str, is_redirected: bool) -> tuple[str, str, str] | None:
    aws = _AWS().fullmatch(s3.endpoint)
    if aws and aws["region"] != s3.region:
        message = f"the endpoint is in {aws['region']}, the region is {s3.region}: every request is refused"
        return "region", message, f"Write `region: {aws['region']}`, or leave `endpoint` out."
    if style == "path" or is_redirected:
        return None
    if s3.endpoint and _HOST_ONLY().fullmatch(s3.endpoint):
        return "endpoint", f"there is no host {s3.bucket}.{s3.endpoint}", "Add `uriStyle: path`."
    if "." in s3.bucket and (aws or not s3.endpoint) and s3.verify_tls:
        message = f"no certificate of AWS is for {s3.bucket} with its dots before the endpoint"
        return "bucket", message, "Add `uriStyle: path`."
    return None
