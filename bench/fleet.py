"""A fleet of N environments like the example's production ones: about 64 lines of overlay, 19 manifests each."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
BASES = ("fleet", "production", "eks-eu1")

OVERLAY = """\
apiVersion: pggitops/v1
kind: Environment
bases: [production, eks-eu1]
namespace: databases-{number}
labels: {{cost-center: "{number}"}}
defaults:
  backups:
    repos:
      repo1:
        s3:
          bucket: acme-pg-{bucket}
          region: eu-central-1
        credentials:
          workloadIdentity: arn:aws:iam::123456789012:role/databases-{number}-backups
clusters:
  payments:
    owner: team-payments
    description: The payments of shop {number}
    postgres:
      version: 18
      parameters:
        max_connections: {connections}
        shared_buffers: 4GB
        work_mem: 8MB
        effective_cache_size: 12GB
        maintenance_work_mem: 512MB
        checkpoint_timeout: 15min
      synchronous: "on"
    instances:
      cpu: 4
      memory: 16Gi
      storage: {storage}Gi
      wal:
        storage: 40Gi
        storageClass: gp3
      minAvailable: 2
    pgbouncer:
      parameters:
        max_client_conn: 2000
      clients:
        api:
          namespace: payments-{number}
          pods: {{app: api}}
        settlement:
          namespace: payments-{number}
          pods: {{app: settlement}}
        reporting:
          cidrs: [10.24.8.0/24]
    users:
      app:
        databases: [payments]
      settlement:
        databases: [payments]
      reporting:
        databases: [payments]
        options: CONNECTION LIMIT 60
    backups:
      repos:
        repo1:
          schedules:
            full: 17 1 * * 0
            differential: 17 1 * * 1-6
            incremental: 47 */6 * * *
          retention:
            full: 5
            differential: 6
"""


def make(folder: Path, count: int, stored: bool = True) -> None:
    """Write a repository with `count` environments; what was in the folder goes.

    Without `stored`, their Secrets are not read from a store: 15 manifests each.
    """
    shutil.rmtree(folder, ignore_errors=True)
    bases = folder / "environments" / "bases"
    bases.mkdir(parents=True)
    for name in BASES:
        shutil.copy(ROOT / "environments" / "bases" / f"{name}.yaml", bases)
    if not stored:
        base = bases / "fleet.yaml"
        lines = [line for line in base.read_text().split("\n") if not line.startswith(("  store:", "  prefix:"))]
        base.write_text("\n".join(lines).replace("provider: external-secrets", "provider: external"))
    for number in range(count):
        environment = folder / "environments" / f"env-{number:05}"
        environment.mkdir()
        text = OVERLAY.format(
            number=number, bucket=number % 7, connections=200 + number % 300, storage=100 + number % 900
        )
        (environment / "environment.yaml").write_text(text)


def commit(folder: Path) -> None:
    """Render the repository and commit it."""
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "gc.auto=0"]
    for command in (
        [sys.executable, "-m", "pggitops", "render"],
        [*git, "init", "--quiet"],
        [*git, "add", "."],
        [*git, "commit", "--quiet", "--message=all"],
    ):
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)


def change(folder: Path, count: int) -> None:
    """Change a parameter in the first `count` environments."""
    for number in range(count):
        file = folder / "environments" / f"env-{number:05}" / "environment.yaml"
        file.write_text(file.read_text().replace("work_mem: 8MB", "work_mem: 16MB"))
