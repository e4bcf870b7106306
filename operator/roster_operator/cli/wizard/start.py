"""What the wizard begins with: the eBooks, the district as it is, and what it asks a SIS with."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Final

from roster_operator.api import names
from roster_operator.api.v1alpha1 import EBook, RosterIntegration
from roster_operator.cli.manifests import Manifests, load
from roster_operator.cli.resources import Files, InCluster
from roster_operator.cli.wizard.options import Options
from roster_operator.clock import SystemClock
from roster_operator.errors import InputError, UnknownName
from roster_operator.ledger import open_ledger
from roster_operator.operations.ports import DistrictName, Resources
from roster_operator.operations.wizard.draft import Draft
from roster_operator.operations.wizard.saved import Entered
from roster_operator.reconcile.contract import Environment
from roster_operator.sources.reach import Reach
from roster_operator.sources.registry import open_source
from roster_operator.sources.roster_files import RosterFiles

_NO_LEDGER: Final = "sqlite://"
_DEFAULT_NAMESPACE: Final = "default"


class Start:
    """Of the files that are named, or of the cluster."""

    def __init__(self, options: Options) -> None:
        """Raises `RosterOperatorError` for files or a cluster that cannot be read."""
        self._options = options
        self._existing: RosterIntegration | None = None
        self.manifests: Manifests | None = load(options.paths, need_integrations=False) if options.paths else None
        self.ebooks: Mapping[str, EBook] = self.manifests.ebooks if self.manifests else _ebooks_of_cluster(options)

    @property
    def namespace(self) -> str:
        """In which the RosterIntegration is, or is to be."""
        if self._options.namespace:
            return self._options.namespace
        if self.manifests is not None:
            named = {each.namespace for each in self.manifests.integrations if each.name == self._options.district}
            return named.pop() if len(named) == 1 else _DEFAULT_NAMESPACE
        from roster_operator.cli import cluster  # noqa: PLC0415 - files need no Kubernetes client

        return cluster.current_namespace(self._options.kubeconfig)

    def existing(self, district: DistrictName) -> RosterIntegration | None:
        """The district's, if there is one."""
        found: Resources = (
            Files(self.manifests.integrations, district.namespace)
            if self.manifests is not None
            else InCluster(self._options.kubeconfig, district.namespace, everywhere=False)
        )
        try:
            self._existing = found.one(district)
        except UnknownName:
            self._existing = None
        return self._existing

    def known_credentials(self, draft: Draft) -> Entered | None:
        """Those of the Secret that is there, if whoever asks may read it; they go to no other server than before."""
        reference = draft.source.get("secretRef")
        if not reference:
            return Entered({})
        name = str(reference["name"])
        if self.manifests is not None:
            found = self.manifests.secrets.get((draft.namespace, name), {})
        elif not self._same_server(draft):
            return None
        else:
            from roster_operator.cli import cluster  # noqa: PLC0415

            encoded = cluster.secret(self._options.kubeconfig, draft.namespace, name)
            found = {key: base64.b64decode(value) for key, value in encoded.items()}
        text = {key: value.decode("utf-8", "replace") for key, value in found.items()}
        return Entered(text) if text.get(names.SECRET_CLIENT_SECRET) or text.get(names.SECRET_TOKEN) else None

    def _same_server(self, draft: Draft) -> bool:
        if self._existing is None:
            return False
        source = self._existing.spec.source
        return (source.base_url, source.token_url) == (draft.source.get("baseURL"), draft.source.get("tokenURL"))

    @contextmanager
    def environment(self) -> Iterator[Environment]:
        """What a plan is made with: the ledger that is named, or an empty one."""
        url = self._options.ledger_url or _NO_LEDGER
        ledger = open_ledger(url)
        try:
            if url == _NO_LEDGER:
                ledger.migrate()
            else:
                ledger.check()
            files = RosterFiles(self._options.roster_files) if self._options.roster_files else None
            opened = partial(open_source, reach=Reach(files))
            yield Environment(SystemClock(), ledger, opened, lambda: str(uuid.uuid4()))
        finally:
            ledger.close()


def _ebooks_of_cluster(options: Options) -> dict[str, EBook]:
    from roster_operator.cli import cluster  # noqa: PLC0415 - files need no Kubernetes client

    found = [EBook.model_validate(body) for body in cluster.ebooks(options.kubeconfig)]
    if not found:
        raise InputError("The cluster has no EBook yet. Publisher: create them, or name their files with --file.")
    return {ebook.name: ebook for ebook in found}
