"""The wizard's last pages: the plan, setup mode or live, and the result: applied as oneself, or a folder for Git."""

from __future__ import annotations

import io
import zipfile
from http import HTTPStatus

from aiohttp import web

from roster_operator.console.changing import as_themselves
from roster_operator.console.elements import Page
from roster_operator.console.routing import OF_ONE, Route
from roster_operator.console.safety import HEADERS
from roster_operator.console.signing_in import to
from roster_operator.console.views.wizard import PATHS, at, waiting_page
from roster_operator.console.views.wizard_result import applied_page, live_page, result_page, review_page
from roster_operator.console.visits import Visit
from roster_operator.console.wizard.conversation import Conversation, Conversations
from roster_operator.console.wizard.pages import Answered
from roster_operator.errors import InputError
from roster_operator.kube import paths
from roster_operator.kube.errors import Forbidden, KubernetesError, NotFound
from roster_operator.messages import gettext as _
from roster_operator.operations.wizard.applying import apply, keeper_of
from roster_operator.operations.wizard.draft import Step, with_live
from roster_operator.operations.wizard.folder import files_of
from roster_operator.operations.wizard.manifests import SecretForm, Store
from roster_operator.operations.wizard.saved import Entered
from roster_operator.service.app import Service
from roster_operator.service.refusals import Refused

_NEEDS = "create and patch rosterintegrations and secrets in {}"


class OutcomePages:
    """The last two steps, and what becomes of all."""

    def __init__(self, service: Service, conversations: Conversations) -> None:
        """`service.acting`: None where the result is a folder only."""
        self._service = service
        self._conversations = conversations

    def routes(self) -> tuple[Route, ...]:
        """Where they are."""
        here = f"{OF_ONE}/wizard"
        return (
            Route("GET", f"{here}/{PATHS[Step.REVIEW]}", self._reviewed),
            Route("POST", f"{here}/{PATHS[Step.REVIEW]}", self._review),
            Route("GET", f"{here}/{PATHS[Step.GO_LIVE]}", self._live),
            Route("POST", f"{here}/{PATHS[Step.GO_LIVE]}", self._decide),
            Route("GET", f"{here}/result", self._result),
            Route("POST", f"{here}/apply", self._apply),
            Route("POST", f"{here}/folder", self._folder),
        )

    async def _reviewed(self, visit: Visit) -> Answered:
        held = await self._conversations.of(visit)
        visitor = held.visitor
        if Step.EBOOKS not in visitor.draft.done:
            return to(at(held.district, PATHS[Step.EBOOKS]))
        if not await visitor.wait():
            return waiting_page(held.district, Step.REVIEW, visitor.rows, _("Reading the roster, and planning"))
        if visitor.reviewed is not None and visitor.reviewed.planned:
            visitor.take(visitor.draft.taken(Step.REVIEW))
        return review_page(held.district, visitor.reviewed, alert=visitor.problem)

    async def _review(self, visit: Visit) -> Answered:
        held = await self._conversations.of(visit)
        if Step.EBOOKS not in held.visitor.draft.done:
            return to(at(held.district, PATHS[Step.EBOOKS]))
        entered = await self._conversations.entered(held)
        if entered is None:
            return to(at(held.district, PATHS[Step.CONNECTION]))
        ebooks, visitor = await self._conversations.ebooks(), held.visitor
        visitor.begin(lambda: self._conversations.asking.review(visitor, entered, ebooks))
        return to(at(held.district, PATHS[Step.REVIEW]))

    async def _live(self, visit: Visit) -> Answered:
        return self._live_page(await self._conversations.of(visit))

    def _live_page(self, held: Conversation, alert: str = "") -> Answered:
        """Nobody goes live by a plan that they have not seen."""
        found = held.visitor.reviewed
        if found is None or not found.planned:
            return to(at(held.district, PATHS[Step.REVIEW]))
        return live_page(held.district, held.visitor.draft, found, was_live=_was_live(held), alert=alert)

    async def _decide(self, visit: Visit) -> Answered:
        held = await self._conversations.of(visit)
        visitor, found, live = held.visitor, held.visitor.reviewed, visit.sent.get("live", "")
        if found is None or not found.planned:
            return to(at(held.district, PATHS[Step.REVIEW]))
        if live not in {"yes", "no"}:
            return self._live_page(held, _("Say yes or no."))
        if live == "yes" and found.checklist.failing and not _was_live(held):
            return self._live_page(held, _("It cannot be enabled while the checklist fails."))
        visitor.saved = visitor.saved.with_draft(with_live(visitor.draft, live == "yes"))
        return to(at(held.district, "result"))

    async def _result(self, visit: Visit) -> Answered:
        return await self._result_page(await self._conversations.of(visit))

    async def _result_page(self, held: Conversation, alert: str = "") -> Answered:
        visitor = held.visitor
        if visitor.draft.next_step is not None or visitor.reviewed is None:
            step = visitor.draft.next_step or Step.REVIEW
            return to(at(held.district, PATHS[step]))
        there, keeper = await self._there(held)
        return result_page(
            held.district,
            visitor.draft,
            visitor.saved.offer,
            visitor.saved.base,
            applies=self._service.acting is not None,
            there=there,
            secret_due=visitor.saved.secret_due,
            kept_by=keeper,
            alert=alert,
        )

    async def _there(self, held: Conversation) -> tuple[tuple[tuple[str, str], ...], str]:
        """What the cluster has of it, as far as they may see; and what keeps it as Git has it."""
        acting, draft = self._service.acting, held.visitor.draft
        if acting is None:
            return (), ""
        client = acting.client_of(held.user)
        found, keeper = [], ""
        secret = str((draft.source.get("secretRef") or {}).get("name", ""))
        for kind, name, path in (
            ("Secret", secret, paths.secret(draft.namespace, secret)),
            ("RosterIntegration", draft.name, paths.integration(draft.namespace, draft.name)),
        ):
            if name:
                try:
                    body = await client.get(path, metadata_only=True)
                    told, kept = "there", keeper_of(body["metadata"]) or ""
                except NotFound:
                    told, kept = "not there", ""
                except Forbidden:
                    told, kept = "you may not see whether it is there", ""
                found.append((f"{kind} {name}", told))
                keeper = kept if kind == "RosterIntegration" else keeper
        return tuple(found), keeper

    async def _apply(self, visit: Visit) -> Page | Answered:
        held = await self._conversations.of(visit)
        visitor, acting = held.visitor, self._service.acting
        if acting is None or visitor.draft.next_step is not None or visitor.reviewed is None:
            return to(at(held.district, "result"))
        due = visitor.saved.secret_due
        entered = await self._conversations.entered(held) if due else None
        if due and entered is None:
            return to(at(held.district, PATHS[Step.CONNECTION]))
        client = acting.client_of(visit.user)
        try:
            done = await as_themselves(
                lambda: apply(client, visitor.draft, visitor.saved.base, entered),
                _NEEDS.format(held.district.namespace),
            )
        except (InputError, Refused) as error:
            return HTTPStatus.CONFLICT, await self._told(held, error.message)
        except KubernetesError:
            message = _(
                "The API server did not answer to the end. See below what is there now; applying again is safe."
            )
            return HTTPStatus.SERVICE_UNAVAILABLE, await self._told(held, message)
        self._conversations.visitors.end(visit.user.name, held.district)
        return applied_page(held.district, done)

    async def _told(self, held: Conversation, alert: str) -> Page:
        page = await self._result_page(held, alert)
        assert isinstance(page, Page)
        return page

    async def _folder(self, visit: Visit) -> Answered:
        held = await self._conversations.of(visit)
        visitor, sent = held.visitor, visit.sent
        if visitor.draft.next_step is not None or visitor.reviewed is None:
            return to(at(held.district, "result"))
        form, store = _secret_form(sent.get("secret", "")), sent.get("store", "").strip()
        if form is SecretForm.EXTERNAL and not store:
            return HTTPStatus.BAD_REQUEST, await self._told(held, _("Name the ClusterSecretStore."))
        entered: Entered | None = None
        if visitor.saved.secret_due and form is not SecretForm.NONE:
            entered = await self._conversations.entered(held)
            if entered is None:
                return to(at(held.district, PATHS[Step.CONNECTION]))
        files = files_of(visitor.draft, visitor.saved.offer, form, entered=entered, store=Store(store))
        name = held.district.name
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}.zip"'}
        return web.Response(body=_zipped(name, files), content_type="application/zip", headers=headers)


def _was_live(held: Conversation) -> bool:
    return bool((held.visitor.saved.base or {}).get("live"))


def _secret_form(chosen: str) -> SecretForm:
    allowed = (SecretForm.NONE, SecretForm.EXTERNAL, SecretForm.PLAIN)
    return next((each for each in allowed if str(each) == chosen), SecretForm.NONE)


def _zipped(folder: str, files: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"{folder}/{name}", text)
    return made.getvalue()
