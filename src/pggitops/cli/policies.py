"""`pggitops policies`: the catalogue, or one policy's page; `policies test`: the cases of the repository's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pggitops.cli import options
from pggitops.errors import CannotGoOn

if TYPE_CHECKING:
    from pggitops.policies import Policy


@click.command(name="policies")
@click.argument("names", nargs=-1, metavar="[ID | test [ID]...]")
@options.output_format("text", "json", "markdown")
@options.root
def command(names: tuple[str, ...], output_format: str, root: str | None) -> int:
    """List the policies, the repository's own among them, or show one policy's page.

    `pggitops policies test` runs the cases in the files of the repository's own policies.
    """
    from pggitops import own_policies
    from pggitops.findings import did_you_mean
    from pggitops.policies import catalogue

    if names[:1] == ("test",):
        return _test(options.find_root(root), names[1:])
    if len(names) > 1:
        raise CannotGoOn(f"{names[1]} is one name too many", "Show one policy, or run `pggitops policies test`.")
    name = names[0] if names else None
    here = options.repository(root)
    own = own_policies.load(here) if here else own_policies.OwnPolicies()
    for finding in own.findings:
        options.say(f"{finding.place}: {finding.message}")
    known = [*catalogue(), *own.catalogue]
    chosen = [policy for policy in known if name in (None, policy.id)]
    if not chosen:
        hint = did_you_mean(str(name), [policy.id for policy in known])
        raise CannotGoOn(f'there is no policy "{name}"{hint}', "Run `pggitops policies`.")
    _show(chosen, output_format, is_one=name is not None)
    return 0


def _show(chosen: list[Policy], output_format: str, is_one: bool) -> None:
    if output_format == "json":
        rows = [
            {
                "id": policy.id,
                "family": policy.family,
                "severity": str(policy.severity),
                "lenient": str(policy.lenient),
                "settings": dict(policy.settings),
                "summary": policy.summary,
                "page": policy.page,
            }
            for policy in sorted(chosen, key=lambda policy: policy.id)
        ]
        click.echo(json.dumps({"version": 1, "policies": rows}, indent=2, ensure_ascii=False))
    elif output_format == "markdown" or is_one:
        from pggitops.reference import policy_page

        click.echo("\n".join(policy_page(policy) for policy in chosen), nl=False)
    else:
        width = max(len(policy.id) for policy in chosen)
        for policy in sorted(chosen, key=lambda policy: (policy.family, policy.id)):
            click.echo(f"{policy.family:<10} {policy.id:<{width}}  {policy.severity!s:<8} {policy.summary}")


def _test(root: Path, ids: tuple[str, ...]) -> int:
    """Run the cases of the repository's own policies; the exit code."""
    from pggitops import own_cases, own_policies
    from pggitops.output.report import counted

    own = own_policies.load(root)
    for finding in own.findings:
        click.echo(f"{finding.place}: {finding.policy}: {finding.message}\n    fix: {finding.fix}")
    try:
        chosen = own_policies.chosen(own, ids)
    except KeyError as error:
        raise CannotGoOn(error.args[0], "Run `pggitops policies`.") from error
    ran = failed = 0
    for each in chosen:
        for outcome in own_cases.run(each, root):
            ran += 1
            if outcome.why:
                failed += 1
                click.echo(f"{outcome.place}: {outcome.policy}: {outcome.name} fails: {outcome.why}")
    files = len({finding.place.file for finding in own.findings})
    broken = f", {counted(files, 'file')} broken" if files else ""
    of = f"{counted(ran, 'case')} of {len(chosen)} {'policy' if len(chosen) == 1 else 'policies'}"
    click.echo(f"{of}, {failed} failed{broken}")
    return int(bool(failed or own.findings))
