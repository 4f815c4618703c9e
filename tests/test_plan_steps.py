"""The safe ways: every one is used, every one that is used exists, and their overlays are words of the format."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from pggitops import cli, schema, yamlio
from pggitops.plan import steps
from pggitops.plan.effects.table import rows

FRAGMENTS = [
    pytest.param(step, id=f"{way.id}-{number}")
    for way in steps.ways().values()
    for number, step in enumerate(way.steps, 1)
    if step.overlay
]


def test_the_table_names_every_way_and_no_other() -> None:
    assert {row.steps for row in rows().values()} - {""} == set(steps.ways())


@pytest.mark.parametrize("step", FRAGMENTS)
def test_an_overlay_is_written_in_words_of_the_format(step: steps.Step) -> None:
    document, problems = yamlio.load(step.overlay.encode())
    assert not problems, problems
    if step.form == "environment":
        document = {"apiVersion": "pggitops/v1", "kind": "Environment", **document}
    assert [each.message for each in schema.check(document, step.form)] == []


COMMANDS = sorted(
    {
        command
        for way in steps.ways().values()
        for step in way.steps
        for command in re.findall(r"`pggitops ([^`]+)`", step.text)
    }
)


@pytest.mark.parametrize("written", COMMANDS)
def test_a_command_is_one_that_there_is(written: str) -> None:
    words, command = shlex.split(written), cli.commands
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), name := words.pop(0))
        assert found is not None, name
        command = found
    command.make_context(written, words)


def test_a_way_has_a_pull_request_or_says_that_it_needs_none() -> None:
    for way in steps.ways().values():
        assert any(step.kind == "merge" for step in way.steps) or way.id in ("operation", "switchover"), way.id


def test_steps_are_numbered_and_pull_requests_counted() -> None:
    said = steps.lines(steps.ways()["second-set"])
    assert said[0] == "1. pull request 1: Add the new set beside the old one."
    assert said[1] == "     instances: {sets: {main2: {replicas: 3, storage: 100Gi}}}"
    assert any(line.startswith("5. pull request 2: ") for line in said)
