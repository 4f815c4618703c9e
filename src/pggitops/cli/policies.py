"""`pggitops policies`: the catalogue, or one policy's page."""

from __future__ import annotations

import json

import click

from pggitops.cli import options
from pggitops.errors import CannotGoOn


@click.command(name="policies")
@click.argument("name", required=False, metavar="[ID]")
@options.output_format("text", "json", "markdown")
def command(name: str | None, output_format: str) -> int:
    """List the policies, or show one policy's page."""
    from pggitops.findings import did_you_mean
    from pggitops.policies import catalogue

    chosen = [policy for policy in catalogue() if name in (None, policy.id)]
    if not chosen:
        known = [policy.id for policy in catalogue()]
        raise CannotGoOn(f'there is no policy "{name}"{did_you_mean(str(name), known)}', "Run `pggitops policies`.")
    if output_format == "json":
        rows = [
            {
                "id": policy.id,
                "family": policy.family,
                "severity": str(policy.severity),
                "lenient": str(policy.lenient),
                "summary": policy.summary,
                "page": policy.page,
            }
            for policy in chosen
        ]
        click.echo(json.dumps({"version": 1, "policies": rows}, indent=2, ensure_ascii=False))
    elif output_format == "markdown" or name:
        from pggitops.reference import policy_page

        click.echo("\n".join(policy_page(policy) for policy in chosen), nl=False)
    else:
        width = max(len(policy.id) for policy in chosen)
        for policy in sorted(chosen, key=lambda policy: (policy.family, policy.id)):
            click.echo(f"{policy.family:<10} {policy.id:<{width}}  {policy.severity!s:<8} {policy.summary}")
    return 0
