"""Names that the Kubernetes API knows us by. They are stable: manifests, scripts and dashboards use them."""

from __future__ import annotations

from typing import Final

GROUP: Final = "rostering.cpm.org"
VERSION: Final = "v1alpha1"
API_VERSION: Final = f"{GROUP}/{VERSION}"

ROSTER_INTEGRATION_KIND: Final = "RosterIntegration"
ROSTER_INTEGRATION_PLURAL: Final = "rosterintegrations"
EBOOK_KIND: Final = "EBook"
EBOOK_PLURAL: Final = "ebooks"

NAME_PATTERN: Final = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
"""What RosterIntegrations and EBooks may be called: other names are made from theirs, and mappings refer to them."""
NAME_LIMIT: Final = 63
"""Characters of such a name."""

REQUESTED_AT_ANNOTATION: Final = f"{GROUP}/requested-at"
"""Set by a person or a tool to ask for a sync now. Opaque: any new value is a new request."""
REVOKE_AT_MOST_ANNOTATION: Final = f"{GROUP}/revoke-at-most"
"""Set by a person: so many licenses may end when the resource is deleted with `deletionPolicy: Revoke`."""
APPROVED_PLAN_ANNOTATION: Final = f"{GROUP}/approved-plan"
"""Set by a person: the digest of a plan that they approve, where Git keeps the spec. After it may stand ` until ` and a
moment."""
APPROVAL_REASON_ANNOTATION: Final = f"{GROUP}/approval-reason"
"""Set with `approved-plan` by the console: why, in the words of whoever approved. Nothing goes by it."""
CLEANUP_FINALIZER: Final = f"{GROUP}/cleanup"
"""Keeps a deleted RosterIntegration until `spec.deletionPolicy` was carried out."""
FIELD_MANAGER: Final = "roster-operator"
"""Whose fields the status is, for server-side apply."""
EVENT_REPORTER: Final = f"{GROUP}/roster-operator"
"""The reporting controller of our events."""

CATALOG_SUFFIX: Final = "-catalog"
"""A RosterIntegration's ConfigMap of schools and courses on offer is its own name and this."""

SECRET_CLIENT_ID: Final = "clientID"  # noqa: S105 - the name of a key, not a secret
"""OAuth 2 client id, or OAuth 1.0a consumer key."""
SECRET_CLIENT_SECRET: Final = "clientSecret"  # noqa: S105
"""OAuth 2 client secret, or OAuth 1.0a consumer secret."""
SECRET_TOKEN: Final = "token"  # noqa: S105
"""A bearer token, for `auth: Bearer`."""
SECRET_PRIVATE_KEY: Final = "ssh-privatekey"  # noqa: S105
"""For SFTP: the user's private key, under the name that Kubernetes' own type kubernetes.io/ssh-auth has for it."""
SECRET_KNOWN_HOSTS: Final = "knownHosts"  # noqa: S105
"""For SFTP: the host keys that the server may have, as ssh-keyscan prints them."""
SECRET_CA: Final = "ca.crt"  # noqa: S105
"""PEM certificates to trust, besides the usual ones, when talking to the SIS."""
