"""`policies/registry.py`: what the policies say of themselves, so that none is imported only to be passed over."""

from __future__ import annotations

from pggitops.policies import SCOPES, folder

_HEAD = '''"""Made from the policies beside it by `make generate`; edit those."""

from pggitops.policies.folder import Row

# by id: family, scope, severity, lenient severity, what it is about, settings
POLICIES: dict[str, Row] = {
'''


def registry() -> str:
    """The module's source, not yet in the form that the linter asks for."""
    return _HEAD + "".join(f"    {id!r}: {row!r},\n" for id, row in rows().items()) + "}\n"


def rows() -> dict[str, folder.Row]:
    """The row of every policy in the folder, from its module."""
    return {id: _row(family, id) for id, family in folder.families().items()}


def _row(family: str, id: str) -> folder.Row:
    module = folder.module(family, id)
    scope = next(name for name in SCOPES if hasattr(module, name))
    severity, lenient = module.severity, getattr(module, "lenient", module.severity)
    # some take the names from a set, which has no order
    about = {form: tuple(sorted(names)) for form, names in getattr(module, "about", {}).items()}
    return family, scope, str(severity), str(lenient), about or None, getattr(module, "settings", None)
