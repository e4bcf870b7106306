"""What becomes of the answers: a folder for Git, objects in the cluster, or the manifest to be looked at."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from roster_operator.api import names
from roster_operator.cli.wizard import folder
from roster_operator.cli.wizard.asking import say
from roster_operator.cli.wizard.options import Options
from roster_operator.cli.wizard.questions import Asker, Back, Option
from roster_operator.errors import InputError, RosterOperatorError
from roster_operator.operations.wizard.draft import Draft, document
from roster_operator.operations.wizard.manifests import SecretForm, Store
from roster_operator.operations.wizard.offer import Offer
from roster_operator.operations.wizard.saved import Entered
from roster_operator.operations.wizard.systems import system_of
from roster_operator.yaml_text import as_yaml

_FORMS = {
    SecretForm.EXTERNAL: "ExternalSecret: a store has them (Vault, a cloud's secrets)",
    SecretForm.SEALED: "SealedSecret: kubeseal encrypts them now",
    SecretForm.SOPS: "SOPS encrypts them now",
    SecretForm.PLAIN: "Secret in plain text, in a file for my eyes only",
    SecretForm.NONE: "Not at all: I create the Secret by hand",
}
_FOLDER, _APPLY, _SHOW = "folder", "apply", "show"


@dataclass(frozen=True, slots=True)
class Result:
    """Answers that are complete."""

    draft: Draft
    base: Mapping[str, Any] | None
    """The spec that is there; None if there is none."""
    offer: Offer | None
    secret_due: bool
    """Whether the credentials are in no Secret yet."""
    entered: Callable[[], Entered]
    """The credentials; asked for if need be."""


def check(options: Options) -> None:
    """Raises `InputError` for options that do not go together, before anything is asked."""
    if options.dry_run and not options.applies:
        raise InputError("--dry-run goes with --apply; without that, nothing is changed anyway.")
    if options.applies and options.folder:
        raise InputError("Name either --folder or --apply.")
    if options.form is not None:
        folder.ready_for(options.form)
    if options.form is SecretForm.EXTERNAL and not options.store and options.answers:
        raise InputError("--secret external needs --store: the ClusterSecretStore that has the credentials.")


def hand_over(options: Options, result: Result, asker: Asker | None) -> bool:
    """As the options say, or as `asker` finds out; whether the result is somewhere now."""
    given = _FOLDER if options.folder else _APPLY if options.applies else _SHOW if asker is None else ""
    while True:
        way = given or _way(asker)
        try:
            if way == _APPLY:
                _apply(options, result)
            elif way == _FOLDER:
                _write(options, result, asker)
            else:
                click.echo(as_yaml(document(result.draft)), nl=False)
        except Back:
            if given:
                raise
        except RosterOperatorError as error:
            if given:
                raise
            say(f"✘ {error.message}", color="red")
        else:
            return not (way == _SHOW or options.dry_run)


def _way(asker: Asker | None) -> str:
    assert asker is not None
    offered = [
        Option(_FOLDER, "Write a folder for Git"),
        Option(_APPLY, "Apply it in the cluster, as me"),
        Option(_SHOW, "Only show the manifest"),
    ]
    return asker.one("What becomes of it?", offered)


def _apply(options: Options, result: Result) -> None:
    from roster_operator.cli.wizard.apply import apply  # noqa: PLC0415 - files need no Kubernetes client

    entered = result.entered() if result.secret_due else None
    for told in apply(options.kubeconfig, result.draft, result.base, entered, dry_run=options.dry_run):
        say(f"✔ {told}{' (dry run)' if options.dry_run else ''}", color="green")
    name, namespace = result.draft.name, result.draft.namespace
    if not options.dry_run:
        say("See what the operator makes of it:")
        say(f"  kubectl roster status {name} -n {namespace}", exact=True)


def _write(options: Options, result: Result, asker: Asker | None) -> None:
    place = options.folder
    if place is None:
        assert asker is not None
        place = Path(asker.text("Folder:", f"districts/{result.draft.name}")).expanduser()
    form, store = options.form or SecretForm.NONE, options.store
    if result.secret_due and asker is not None:
        if options.form is None:
            titled = [Option(each, title) for each, title in _FORMS.items()]
            form = SecretForm(asker.one("How do the credentials get into your cluster?", titled))
            folder.ready_for(form)
        if form is SecretForm.EXTERNAL and not store:
            store = asker.text("Name of the ClusterSecretStore:", "", lambda text: "" if text else "It is needed.")
    due = None
    if result.secret_due and form is not SecretForm.NONE:
        due = folder.SecretDue(result.entered(), form, Store(store))
    for path in folder.write(place, result.draft, result.offer, due):
        say(f"✔ {path}", color="green")
    if result.secret_due:
        _tell_of_secret(result, form)
    say("Commit it for Argo CD or Flux, or see what a sync makes of it:")
    files = " ".join(f"--file {shlex.quote(str(path))}" for path in dict.fromkeys([*options.paths, str(place)]))
    say(f"  roster-operator sync --plan-only {files}", exact=True)


def _tell_of_secret(result: Result, form: SecretForm) -> None:
    name, namespace = result.draft.source["secretRef"]["name"], result.draft.namespace
    if form is SecretForm.EXTERNAL:
        say(f"Put the credentials into the store, at {name}.")
    elif form is SecretForm.PLAIN:
        say(
            "The Secret is in plain text: apply it or encrypt it. The .gitignore beside it keeps it out of Git.",
            color="yellow",
        )
    elif form is SecretForm.NONE:
        source = result.draft.source
        system = system_of(str(source.get("type", "OneRoster")), str(source.get("vendor", "Generic")))
        needed = (names.SECRET_TOKEN,) if system.by_token else (names.SECRET_CLIENT_ID, names.SECRET_CLIENT_SECRET)
        keys = " ".join(f"--from-file={key}" for key in needed)
        say("Create the Secret, of files that hold the values and are called as these keys:")
        say(f"  kubectl create secret generic {name} -n {namespace} {keys}", exact=True)
