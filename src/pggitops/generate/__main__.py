"""`python -m pggitops.generate`, which is `make generate`."""

from __future__ import annotations

import sys

from pggitops.generate import GENERATED, NATIVE, ROOT, stale


def main() -> int:
    """Writes what is out of date, and says what that was."""
    for path, make in (*GENERATED, *NATIVE):
        file, content = ROOT / path, make().encode()
        if not file.is_file() or file.read_bytes() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            sys.stdout.write(f"wrote {path}\n")
    for file in stale():
        file.unlink()
        sys.stdout.write(f"removed {file.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
