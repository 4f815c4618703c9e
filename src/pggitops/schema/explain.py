"""Why a document does not fit its schema: one violation for each real problem.

`jsonschema` finds the errors, `messages` words them. Several errors can have one cause: of those at one place the first
in rank is told; a missing key whose misspelt form stands beside it is that misspelling.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from pggitops.findings import Path, Violation
from pggitops.schema import messages
from pggitops.schema.messages import AT_KEY, Problem, Schema, Talk

_MOST = 1000
_ROOTS = {"base": "the base", "cluster": "the cluster", "removed": "the removed environment"}


def words(document: Any, form: str, schema: Schema) -> list[Violation]:
    """What is wrong with a document of the overlay that the schema of its form has refused."""
    return _explain(document, Talk("schema", "word", _ROOTS.get(form, "the environment"), schema, form))


def fields(document: dict[str, Any], schema: Schema) -> list[Violation]:
    """What is wrong with a manifest that the schema of its kind has refused."""
    return _explain(document, Talk("manifest", "field", str(document["kind"]), schema))


def policy(document: Any, schema: Schema) -> list[Violation]:
    """What is wrong with a policy of somebody's own that its schema has refused."""
    return _explain(document, Talk("schema", "word", "the policy", schema))


def identity(document: Any) -> list[Violation]:
    """Why a manifest has no kind that could be looked up; empty if it has one."""
    text = {"type": "string"}
    schema = {"type": "object", "properties": {"apiVersion": text, "kind": text}, "required": ["apiVersion", "kind"]}
    return sorted(_violations(document, Talk("manifest", "field", "the object", schema)), key=lambda each: each.path)


def _explain(document: Any, talk: Talk) -> list[Violation]:
    found = sorted(_violations(document, talk), key=lambda violation: _order(document, violation.path))
    return found or [_unexplained(document, talk)]


def _order(document: Any, path: Path) -> list[int]:
    """Where in the document something is, to be told in the order it was written; what is missing comes last."""
    order: list[int] = []
    for step in path:
        steps: list[str | int] = list(document) if isinstance(document, dict) else list(range(len(document)))
        if step not in steps:
            return [*order, len(steps)]
        order.append(steps.index(step))
        document = document[step]
    return order


def _unexplained(document: Any, talk: Talk) -> Violation:
    """What the verdict saw and `jsonschema` did not; a test holds the two together."""
    import jsonschema_rs

    error = next(iter(jsonschema_rs.iter_errors(talk.schema, document)))
    path = tuple(error.instance_path)
    message = f"{talk.label(path)} does not fit its schema: {error.message}"
    return Violation(message, "Correct the value.", path, f"{talk.prefix}-bad-value")


def _violations(document: Any, talk: Talk) -> Iterator[Violation]:
    validator = validator_of(talk.schema)
    first: dict[tuple[Path, bool], Problem] = {}
    for error in itertools.islice(validator.iter_errors(document), _MOST):
        for leaf in _leaves(error):
            for problem in messages.problems(leaf, talk, validator):
                at = (problem.violation.path, problem.violation.at_key)
                if at not in first or problem.rank < first[at].rank:
                    first[at] = problem
    misspelt = {(*path[:-1], problem.meant) for (path, _), problem in first.items() if problem.meant}
    said = {(path, problem.violation.policy) for (path, _), problem in first.items()}
    for (path, at_key), problem in first.items():
        is_inherited = (_main_set(path), problem.violation.policy) in said
        if not is_inherited and (at_key or path not in misspelt):
            yield problem.violation


def _main_set(path: Path) -> Path | None:
    """Where the main instance set has the word that a further one may have taken over from it."""
    if "sets" not in path[:-2]:
        return None
    at = path.index("sets")
    return (*path[:at], *path[at + 2 :])


def validator_of(schema: Schema) -> Any:
    """The `jsonschema` validator that explains: of the schema's own dialect, with our reading of two keywords."""
    dialect = validators.validator_for(schema, default=Draft202012Validator)
    extend: Callable[..., Any] = validators.extend
    return extend(dialect, {"pattern": _pattern, "propertyNames": _property_names})(schema)


def _pattern(validator: Any, pattern: str, instance: Any, schema: Schema) -> Iterator[ValidationError]:
    """As the verdict reads it: Python's `$` also matches before a last line break, and its `re` may take for ever."""
    if isinstance(instance, str) and not _matcher(pattern)(instance):
        yield ValidationError("pattern")


@functools.cache
def _matcher(pattern: str) -> Callable[[str], bool]:
    import jsonschema_rs

    matches: Callable[[str], bool] = jsonschema_rs.validator_for({"pattern": pattern}).is_valid
    return matches


def _property_names(validator: Any, names: Any, instance: Any, schema: Schema) -> Iterator[ValidationError]:
    """With the key in the path, and a mark that it is the key that is wrong."""
    for name in instance if isinstance(instance, dict) else ():
        yield from validator.descend(instance=name, schema=names, path=name, schema_path=AT_KEY)


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The error itself, or those of the alternative that comes nearest to what was written."""
    if not error.context or messages.names_only(error.validator_value):
        yield error
        return
    alternatives: dict[Any, list[ValidationError]] = {}
    for each in error.context:
        alternatives.setdefault(each.schema_path[0], []).append(each)
    for each in max(alternatives.values(), key=_nearness):
        yield from _leaves(each)


def _nearness(errors: list[ValidationError]) -> tuple[int, int]:
    """How far one got before it went wrong; a wrong type right away is the farthest off."""
    return max((len(each.path), each.validator != "type") for each in errors)
