"""A declared major upgrade goes to a version that there is no way to.

## Why

`upgrade` makes a PerconaPGUpgrade, for which the operator needs images of the new major, and pg_upgrade goes forward
only. One that cannot be carried out is refused by the operator with a condition on the object, after the database was
announced to be down (PGUpgradeInvalid, internal/controller/pgupgrade).

## How to fix

Name a later major that the operator's version has images for, or raise the operator first:

```yaml
upgrade: {to: 18}
```

Remove `upgrade` once `postgres.version` is the new one.
"""

from collections.abc import Iterator

from pggitops import operators
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.parts.images import cr_version
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"words": ("upgrade",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if cluster.upgrade is None:
        return
    version, old, new = cr_version(facts.environment, cluster), cluster.postgres.version, cluster.upgrade.to
    majors = sorted(int(major) for major in operators.facts(version)["images"]["postgres"])
    later = [str(major) for major in majors if major > old]
    fix = f"Write one of {', '.join(later)}, or remove `upgrade`." if later else "Remove `upgrade`."
    path = ("clusters", cluster.name, "upgrade", "to")
    if new <= old:
        yield Violation(f"upgrade to PostgreSQL {new}, and the cluster is at {old}", fix, path)
    elif new not in majors:
        yield Violation(f"operator {version} has no images of PostgreSQL {new}", fix, path)
