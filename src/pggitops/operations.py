"""One-shot operations: a backup, a restore, a switchover, a major upgrade, as files that nothing applies by itself.

They lie in `operations/<environment>/`, outside `rendered/` and every synced path: an engine that finds such an object
again runs it again. They are named by the moment: applied under the name of one that was done, it is not done. What the
operator does with them: its percona/controller/{pgbackup,pgrestore,pgupgrade} and `reconcilePatroniSwitchover`
(internal/controller/postgrescluster/patroni.go), 3.0.0.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pggitops import operators, restoring, schema, yamlio
from pggitops.errors import CannotGoOn
from pggitops.model import Cluster, Environment
from pggitops.parts.engines import cluster_object_name
from pggitops.parts.flux import tenant
from pggitops.parts.images import cr_version, image, pull_secrets, registered
from pggitops.parts.names import PREFIX, common_labels
from pggitops.record import record
from pggitops.write.disk import told

FOLDER = "operations"
BACKUP_TYPES = ("full", "differential", "incremental")
# to the second, and short: with the longest name of a cluster, an object's is 61 characters long
_DATED, _COMPACT = "%Y-%m-%d-%H%M%S", "%Y%m%d-%H%M%S"
_TYPES = {"full": "full", "differential": "diff", "incremental": "incr"}


@record
class Operation:
    """One file: its path from the repository's root, the object, how to apply it, and what to do around it."""

    path: str
    document: dict[str, Any]
    what: str
    apply: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def text(self) -> bytes:
        """The file: what it is for and the steps as a comment, then the object."""
        lines = [f"{self.what}.", "Nothing applies this file by itself."]
        for title, steps in (("Before:", self.before), ("Then:", (f"`{self.apply}`",)), ("After:", self.after)):
            lines += [title, *[f"  {number}. {step}" for number, step in enumerate(steps, 1)]] if steps else []
        comment = "".join(f"# {line}\n" for line in lines)
        return comment.encode() + yamlio.dump(self.document).encode()


def backup(environment: Environment, cluster: Cluster, repo: str, kind: str, moment: datetime.datetime) -> Operation:
    """A backup, `kind` one of BACKUP_TYPES; raises CannotGoOn where it cannot be made."""
    name = _repo(cluster, repo)
    if cluster.standby and cluster.standby.enabled:
        raise CannotGoOn(f"{cluster.name} is a standby", "Back up the cluster that it follows: pgBackRest needs one.")
    option = _TYPES[kind]
    spec = {"pgCluster": cluster.name, "repoName": name, "options": [f"--type={option}"]}
    document = _object(environment, cluster, "PerconaPGBackup", f"{cluster.name}-{option}-{moment:{_COMPACT}}", spec)
    file = f"{moment:{_DATED}}-backup-{cluster.name}-{kind}.yaml"
    return Operation(
        _path(environment, file),
        document,
        f"A {kind} backup of {environment.name}/{cluster.name} into {name}",
        _apply(environment, file),
        after=(f"`{_get(document)}` until its state is Succeeded; those on schedule wait meanwhile.",),
    )


def restore(
    environment: Environment, cluster: Cluster, repo: str, options: Sequence[str], moment: datetime.datetime
) -> Operation:
    """A restore in place, with pgBackRest's `options`; raises CannotGoOn where one is refused or leads nowhere."""
    name = _repo(cluster, repo)
    if cluster.bootstrap:
        message = f"{cluster.name} has a `bootstrap`, which restores the old data again after any other restore"
        raise CannotGoOn(message, "Remove `bootstrap` from the overlay first, and let the engine apply that.")
    for mistake in (*restoring.refused(options), *restoring.unreachable(options, moment.date())):
        raise CannotGoOn(mistake.message, mistake.fix)
    spec = {"pgCluster": cluster.name, "repoName": name} | ({"options": list(options)} if options else {})
    document = _object(environment, cluster, "PerconaPGRestore", f"{cluster.name}-restore-{moment:{_COMPACT}}", spec)
    file = f"{moment:{_DATED}}-restore-{cluster.name}.yaml"
    last = f"`pggitops operation backup {environment.name}/{cluster.name}`"
    return Operation(
        _path(environment, file),
        document,
        f"A restore of {environment.name}/{cluster.name} from {name}, in place: what is there now is replaced",
        _apply(environment, file),
        before=(
            "Stop the applications: every instance is shut down, and what they write until then is lost.",
            f"Where the server still runs, keep what is there: {last} and wait until it has succeeded.",
        ),
        after=(
            f"`{_get(document)}` until its state is Succeeded.",
            "Make a full backup: the restored server begins a timeline of its own.",
            f"Delete the object and this file: applied again, it restores again ({document['metadata']['name']}).",
        ),
    )


def switchover(environment: Environment, cluster: Cluster, to: str, moment: datetime.datetime) -> Operation:
    """A patch that makes a replica the primary: the instance `to`, or one that Patroni chooses.

    Raises CannotGoOn where there is no replica, or the cluster cannot have an instance of that name.
    """
    if sum(each.replicas for each in cluster.instances.all) < 2:
        raise CannotGoOn(
            f"{cluster.name} has one instance", "A switchover needs a replica: raise `instances.replicas`."
        )
    target = {"targetInstance": _instance(environment, cluster, to)} if to else {}
    document = {
        "metadata": {"annotations": {"pgv2.percona.com/trigger-switchover": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}},
        "spec": {"patroni": {"switchover": {"enabled": True, **target}}},
    }
    file = f"{moment:{_DATED}}-switchover-{cluster.name}.yaml"
    patch = f"kubectl -n {environment.namespace.name} patch perconapgcluster {cluster.name} --type merge"
    off = """{"spec": {"patroni": {"switchover": null}}}"""
    return Operation(
        _path(environment, file),
        document,
        f"A switchover of {environment.name}/{cluster.name} to {to or 'a replica that Patroni chooses'}",
        f"{patch} --patch-file {FOLDER}/{environment.name}/{file}",
        after=(
            "Writes fail for some seconds, and every connection to the old primary is dropped.",
            f"`{patch} --patch '{off}'` switches the trigger off again.",
        ),
    )


def _instance(environment: Environment, cluster: Cluster, name: str) -> str:
    """The name of an instance: the cluster's, its set's and four letters or digits.

    `reconcilePatroniSwitchover` compares it with the names of StatefulSets, not with those of pods; how they are made
    is in `GenerateInstance` (internal/naming/names.go).
    """
    label = f"{PREFIX}/cluster={cluster.name},{PREFIX}/data=postgres"
    listing = f"`kubectl -n {environment.namespace.name} get pods -l {label} -L {PREFIX}/instance,{PREFIX}/role`"
    if re.search("-[a-z0-9]{4}-0$", name):
        raise CannotGoOn(f"{name} is the name of a pod", f"Its instance is {name.removesuffix('-0')}.")
    found = re.fullmatch(rf"{re.escape(cluster.name)}-(.+)-[a-z0-9]{{4}}", name)
    if found is None:
        form = f"{cluster.name}-SET-XXXX"
        raise CannotGoOn(f"{name} is no instance of {cluster.name}, which are called {form}", f"See {listing}.")
    sets = [each.name for each in cluster.instances.all]
    if found[1] not in sets:
        raise CannotGoOn(f"{cluster.name} has no instance set {found[1]}", f"It has {', '.join(sets)}; see {listing}.")
    return name


def upgrade(environment: Environment, cluster: Cluster) -> Operation:
    """The PerconaPGUpgrade that the overlay's `upgrade` declares; raises CannotGoOn where there is none to be made."""
    old, version = cluster.postgres.version, cr_version(environment, cluster)
    images = operators.facts(version)["images"]
    later = [major for major in images["postgres"] if int(major) > old]
    fix = f"Write `upgrade: {{to: {' or '.join(later)}}}`." if later else f"{version} has no images of a later one."
    if cluster.upgrade is None:
        raise CannotGoOn(f"{cluster.name}, at PostgreSQL {old}, declares no upgrade", fix)
    new = cluster.upgrade.to
    if str(new) not in later:
        raise CannotGoOn(f"{cluster.name} cannot go from PostgreSQL {old} to {new}", fix)

    def of(component: str, override: str | None = None) -> str:
        return override or registered(environment, images[component][str(new)])

    spec: dict[str, Any] = {
        "postgresClusterName": cluster.name,
        "image": registered(environment, images["upgrade"]),
        "fromPostgresVersion": old,
        "toPostgresVersion": new,
        "toPostgresImage": of("postgres"),
        "toPgBouncerImage": of("pgbouncer", cluster.pgbouncer.image),
        "toPgBackRestImage": of("pgbackrest"),
    }
    if secrets := pull_secrets(environment):
        spec["imagePullSecrets"] = secrets
    document = _object(environment, cluster, "PerconaPGUpgrade", f"{cluster.name}-{old}-to-{new}", spec)
    file = f"upgrade-{cluster.name}-{old}-to-{new}.yaml"
    what = f"The major upgrade of {environment.name}/{cluster.name} from PostgreSQL {old} to {new}"
    around = _before_upgrade(environment, cluster), _after_upgrade(environment, cluster, document, old, new)
    return Operation(_path(environment, file), document, what, _apply(environment, file), *around)


def _before_upgrade(environment: Environment, cluster: Cluster) -> tuple[str, ...]:
    suspend = {
        "argocd": "Merge and sync the change that declares `upgrade`: Argo CD leaves alone what the operator writes.",
        "flux": f"`flux suspend kustomization {_kustomization(environment, cluster)}`, or it undoes the upgrade.",
        "none": "Apply nothing of this cluster until the upgrade is over.",
    }
    return (
        "Try it on a copy of this database first: every extension has to be there in the new major.",
        f"A full backup that has succeeded: `pggitops operation backup {environment.name}/{cluster.name}`.",
        "Room for a second copy of the data on each volume; the old one is not removed.",
        suspend[environment.delivery.engine],
        f"Tell the users: {cluster.name} is down from here to the end. The image now is "
        f"{image(environment, cluster, 'postgres', cluster.postgres.image)}.",
    )


def _after_upgrade(
    environment: Environment, cluster: Cluster, document: dict[str, Any], old: int, new: int
) -> tuple[str, ...]:
    space, name = environment.namespace.name, document["metadata"]["name"]
    wait = f"kubectl -n {space} wait --for=condition=Succeeded --timeout=4h perconapgupgrade/{name}"
    steps = [
        f"`{wait}`. A failed one leaves the cluster paused; nothing is lost, the old data are still there.",
        f"Write `version: {new}` in place of {old}, remove `upgrade` and images of the old major, render, merge, sync.",
        "`vacuumdb --all --analyze-in-stages`: the statistics did not come along before 18.",
        "A full backup: those of the old major cannot be restored into the new one.",
        f"Delete {name} and this file. Never go back to `version: {old}`: its files are used up.",
    ]
    if environment.delivery.engine == "flux":
        steps.insert(2, f"`flux resume kustomization {_kustomization(environment, cluster)}`.")
    return tuple(steps)


def _kustomization(environment: Environment, cluster: Cluster) -> str:
    return f"{cluster_object_name(environment, cluster)} -n {tenant(environment.delivery)}"


def problems(operation: Operation, environment: Environment) -> Iterator[str]:
    """What an API server would not take of it; a patch is no object and is not asked."""
    if "kind" in operation.document:
        for violation in schema.check_manifest(operation.document, environment.operator.version, None):
            yield f"{violation.message}. {violation.fix}"


def is_written(root: Path, operation: Operation) -> bool:
    """Whether the file is there and says just this."""
    file = root / operation.path
    return file.is_file() and file.read_bytes() == operation.text


def write(root: Path, operation: Operation, is_dated: bool) -> None:
    """Write the file; one of the same name stays as it is if it says the same, and is never replaced if it is dated.

    Raises CannotGoOn where it cannot be written.
    """
    file = root / operation.path
    with told(root / FOLDER, "written"):
        if is_dated and file.exists() and not is_written(root, operation):
            message = f"{operation.path} is there already and says something else"
            raise CannotGoOn(message, "Remove it if it is done; its name and the object's are those of the moment.")
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(f".{file.name}.new")
        temporary.write_bytes(operation.text)
        temporary.replace(file)


def _object(environment: Environment, cluster: Cluster, kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    metadata = {
        "name": name,
        "namespace": environment.namespace.name,
        "labels": common_labels(environment, cluster),
    }
    return {"apiVersion": "pgv2.percona.com/v2", "kind": kind, "metadata": metadata, "spec": spec}


def _repo(cluster: Cluster, name: str) -> str:
    """The repository of that name, or the first one where none is named."""
    repos = [repo.name for repo in cluster.backups.ordered] if cluster.backups.enabled else []
    if not repos:
        raise CannotGoOn(f"{cluster.name} has no backups", "Write a repository under `backups.repos` first.")
    if name and name not in repos:
        raise CannotGoOn(f"{cluster.name} has no {name}", f"It has {', '.join(repos)}.")
    return name or repos[0]


def _path(environment: Environment, file: str) -> str:
    return f"{FOLDER}/{environment.name}/{file}"


def _apply(environment: Environment, file: str) -> str:
    return f"kubectl apply --server-side -f {_path(environment, file)}"


def _get(document: dict[str, Any]) -> str:
    metadata = document["metadata"]
    return f"kubectl -n {metadata['namespace']} get {document['kind'].lower()} {metadata['name']} --watch"
