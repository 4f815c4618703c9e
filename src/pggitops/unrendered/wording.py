"""What policies tell people to write, in the words of a PerconaPGCluster instead of those of an overlay.

Most words are the same in both, or a parameter's, an option's, a setting's own. What is not is a row here.
"""

from __future__ import annotations

import functools
import re

_SPEC = "patroni.dynamicConfiguration"
_SAID: tuple[tuple[str, str], ...] = (
    # where it is written
    (r"Remove it from the patch\.", "Remove it."),
    (r"Take the null out of the patch\.", "Name one."),
    (r" by a patch\.", "."),
    (r"write the rule as a line in a patch", "write the rule as `hba`"),
    (r"in a patch has no end", "has no end"),
    (r"Write `bootstrap` with `until` instead\.", "Remove it once the cluster runs."),
    (r"`(\w+)` of it in the overlay", r"`resources: {requests: {\1: …}}` for it"),
    (r"Leave it to the overlay's `crVersion`", "Write `crVersion` with the version of the operator that runs it"),
    (r"Put it into `manifests/`\.", "Make it beside the cluster."),
    (r"Add a NetworkPolicy in `manifests/` that", "Add a NetworkPolicy that"),
    (r", or add `secrets: [^`]*`", ""),
    (r", or what the target has", ", or another that there is"),
    (r"Use `standby:` of the overlay\.", "Use `standby`."),
    # words that are another field
    (r"Leave `tls\.only` on", "Write `tlsOnly: true`"),
    (r"`tls\.secret`", "`secrets.customTLSSecret`"),
    (r"`tls\.replicationSecret`", "`secrets.customReplicationTLSSecret`"),
    (r"`tls\.rootCaSecret`", "`secrets.customRootCATLSSecret`"),
    (r"`leaderLease: (\d+)s`", r"`patroni: {leaderLeaseDurationSeconds: \1}`"),
    (r"`(\d+)s` or more, or a shorter `sync`", r"\1 or more, or a shorter `syncPeriodSeconds`"),
    (r"`priorityClass: (\w+)`", r"`priorityClassName: \1`"),
    (r"`spread: zone`, or `spread: host`", "`topologySpreadConstraints` that must hold, or `podAntiAffinity`"),
    (r"`poolMode: (\w+)`", r"`pool_mode: \1`"),
    (r"`?instances\.memory: (\w+)`", r"`resources: {limits: {memory: \1}}`"),
    (r"`instances\.memory`", "the memory of `resources`"),
    (r"Write `memory: (\w+)`, and no limit of its own", r"Ask for \1 as well"),
    (r"`postgres\.parameters`", f"`{_SPEC}.postgresql.parameters`"),
    (r"`postgres: \{parameters: \{([^`]*)\}\}`", rf"`\1` in `{_SPEC}.postgresql.parameters`"),
    (r'`(?:postgres: \{)?synchronous: "on"\}?`', f"`{_SPEC}: {{synchronous_mode: true}}`"),
    (r"`extensions: \{(\w+): true\}`", r"`extensions: {builtin: {\1: true}}`"),
    (r"`wal: \{storage: (\w+)\}`", r"`walVolumeClaimSpec` with `storage: \1`"),
    (r"Declare the upgrade to a newer major: `upgrade: \{to: (\d+)\}`", r"Upgrade it to \1 with a PerconaPGUpgrade"),
    (r" \(`pgbouncer\.clients`(?:, `pgbouncer\.expose`)?\)", ""),
    (r"`pgbouncer\.expose\.sourceRanges`", "`proxy.pgBouncer.expose.loadBalancerSourceRanges`"),
    (r"`sourceRanges`", "`loadBalancerSourceRanges`"),
    (r"`pgbouncer\.expose\.annotations`", "`proxy.pgBouncer.expose.annotations`"),
    (r"`pgbouncer\.replicas`", "`proxy.pgBouncer.replicas`"),
    # repositories
    (r"`retention: \{full: 5\}` \(backups\), or `\{full: 30d\}` \(time\)", "`repoN-retention-full` to `global`"),
    (r"`schedules: \{full: …\}` and `retention`", "`schedules: {full: …}` and `repoN-retention-full`"),
    (r"whatever `retention` says", "whatever its retention is"),
    (r"`full: (\d+)d`, or more", r'`repoN-retention-full-type: time` and `repoN-retention-full: "\1"`, or more'),
    (r"`uriStyle: path`", "`repoN-s3-uri-style: path` to `global`"),
    (r"Remove its `path`", "Remove its `repoN-path`"),
    (r"name that in `backups\.repos\.repo\d\.credentials\.secret`", "name that in `backups.pgbackrest.configuration`"),
    (r"the words of `backups\.repos\.(repo\d)` say where that is", r"\1 of `repos` says where that is"),
    (r"`backups\.repos(\.repo\d)?`", r"`backups.pgbackrest.repos`"),
    (r"`bootstrap\.options`", "`dataSource.pgbackrest.options`"),
)


@functools.cache
def _rows() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(sign), words) for sign, words in _SAID)


def for_manifests(text: str) -> str:
    """A message or a fix as it is said of a manifest."""
    for sign, words in _rows():
        text = sign.sub(words, text)
    return text
