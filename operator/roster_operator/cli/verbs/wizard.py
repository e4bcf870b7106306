"""`roster-operator wizard`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from roster_operator.cli import asking
from roster_operator.cli import credentials as environment
from roster_operator.cli.wizard.options import Options
from roster_operator.operations.wizard.manifests import SecretForm

_EXAMPLES = """\b
Examples:
  kubectl roster wizard springfield -n districts
  roster-operator wizard springfield --file ebooks/ --folder districts/springfield --secret external --store vault
  roster-operator wizard springfield --file ebooks/ --answers springfield.yaml --folder districts/springfield
"""


@click.command(epilog=_EXAMPLES)
@click.argument("district", required=False, default="")
@asking.of_resources
@asking.of_ledger
@click.option(
    "--roster-files",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder in which each namespace has one below which its file:// URLs may point.",
)
@click.option(
    "--answers", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Answers; nothing is asked."
)
@click.option(
    "--host",
    "hosts",
    envvar=environment.HOST_VARIABLE,
    multiple=True,
    metavar="HOST",
    help="With --answers: the host that credentials in the environment may be sent to; several times.",
)
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Write the result there, for Git.")
@click.option("--apply", "applies", is_flag=True, help="Apply the result in the cluster, as yourself.")
@click.option("--dry-run", is_flag=True, help="With --apply: let the API server check it, and change nothing.")
@click.option(
    "--secret",
    "form",
    type=click.Choice([form.value for form in SecretForm]),
    help="As what the credentials go into --folder; `print`: to standard output, to be piped on; `none`: not at all.",
)
@click.option("--store", default="", metavar="NAME", help="With --secret external: the ClusterSecretStore.")
@click.option("--state", type=click.Path(file_okay=False, path_type=Path), help="Where a wizard that is left is kept.")
def wizard(
    *,
    district: str,
    paths: tuple[str, ...],
    kubeconfig: Path | None,
    namespace: str,
    ledger_url: str | None,
    roster_files: Path | None,
    answers: Path | None,
    hosts: tuple[str, ...],
    folder: Path | None,
    applies: bool,
    dry_run: bool,
    form: str | None,
    store: str,
    state: Path | None,
) -> None:
    """Set up a DISTRICT, or change one: URL, key and secret, schools, courses, eBooks, checklist, plan, live or not.

    It tries the credentials at once, shows what the SIS offers, and what a first sync would do. The result is a folder
    for Git, or is applied in the cluster. Leave it with Ctrl-C, and come back: all but the secret is kept.

    With --answers, nothing is asked: the file holds the spec of a RosterIntegration, or of it what the wizard asks for.
    Credentials come from ROSTER_CLIENT_ID and ROSTER_CLIENT_SECRET (or ROSTER_TOKEN), for the hosts in ROSTER_HOST.

    Exits with 3 when it was left, or could not read the roster; 2 when an answer is wrong.
    """
    from roster_operator.cli.wizard import scripted, session  # noqa: PLC0415 - what asks takes a while to be imported

    options = Options(
        district=district,
        paths=paths,
        kubeconfig=kubeconfig,
        namespace=namespace,
        ledger_url=ledger_url,
        roster_files=roster_files,
        answers=answers,
        hosts=hosts,
        folder=folder,
        applies=applies,
        dry_run=dry_run,
        form=SecretForm(form) if form else None,
        store=store,
        state=state,
    )
    with asking.answering():
        sys.exit(scripted.run(options, answers) if answers else session.run(options))
