"""A server parameter's bare number counts another unit than people think.

## Why

Without a unit PostgreSQL counts what suits the parameter: `shared_buffers` in pages of 8 kB, `work_mem` in kB,
`max_wal_size` in MB, `statement_timeout` in milliseconds (`pg_settings.unit`). `shared_buffers: 1024` is 8 MB, and
`idle_in_transaction_session_timeout: 60` ends a transaction after 0.06 seconds. A leading zero makes a number octal.
Numbers that can hardly be meant otherwise are left alone, so are 0 and -1.

## How to fix

Write the unit: `shared_buffers: 1GB`, `statement_timeout: 30s`.
"""

from collections.abc import Iterator

from pggitops import guc, parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING

# Up to which bare number another unit was probably meant, and that one; None: however large
SMALL: dict[str, tuple[float | None, str]] = {
    **dict.fromkeys(["shared_buffers", "effective_cache_size", "temp_buffers", "wal_buffers"], (None, "MB")),
    **dict.fromkeys(["min_parallel_table_scan_size", "min_parallel_index_scan_size"], (None, "MB")),
    **dict.fromkeys(["work_mem", "maintenance_work_mem", "autovacuum_work_mem"], (1023, "MB")),
    **dict.fromkeys(["max_wal_size", "min_wal_size", "max_slot_wal_keep_size"], (63, "GB")),
    **dict.fromkeys(["statement_timeout", "transaction_timeout", "idle_session_timeout"], (999, "s")),
    **dict.fromkeys(["idle_in_transaction_session_timeout", "wal_sender_timeout", "wal_receiver_timeout"], (999, "s")),
    **dict.fromkeys(["max_standby_archive_delay", "max_standby_streaming_delay"], (999, "s")),
    **dict.fromkeys(["log_min_duration_statement", "lock_timeout"], (9, "s")),
}  # fmt: skip

# of files, which are octal by custom
MODES = ("log_file_mode", "unix_socket_permissions")


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for key, value in parameters.of(resource.document).items():
        text = str(value)
        if key not in SMALL and not text.startswith("0"):
            continue
        text = text.strip()
        if not text.isdecimal():
            continue
        known = parameters.parameter(key, cluster.postgres.version)
        if known is None or parameters.judge(key, value, cluster.postgres.version):
            continue
        path = (*parameters.AT, key)
        number = guc.integer(text, known.unit)
        if known.type == "integer" and len(text) > 1 and text.startswith("0") and key not in MODES:
            message, fix = f"{key}: {text} is octal and means {number}", f"Write `{key}: {text.lstrip('0') or 0}`."
            yield Violation(message, fix, path, manifest=name)
        elif key in SMALL and known.unit and number > 0:
            most, unit = SMALL[key]
            if most is None or number <= most:
                is_now = guc.approximately(number, known.unit)
                message = f"{key}: {text} is {is_now}: a bare number counts {known.unit}"
                yield Violation(
                    message, f"Write `{is_now}` or `{text}{unit}`, whichever is meant.", path, manifest=name
                )
