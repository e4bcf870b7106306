"""The API server as the operator speaks to it: plain JSON objects by path, few verbs, typed errors, short patience.

Connections, TLS and sign-in are those of `kubernetes.aio`; its generated models are left aside, because every object
the operator handles is either its own kind or touched in two or three fields.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import aiohttp
import msgspec
from kubernetes.aio.client import ApiClient
from kubernetes.aio.client.rest import RESTResponse
from multidict import CIMultiDict

from roster_operator.api import names
from roster_operator.kube.connection import NoCluster
from roster_operator.kube.errors import Unavailable, error_for

Object = dict[str, Any]

_PATIENCE: Final = aiohttp.ClientTimeout(total=30, sock_connect=5)
_WATCH_SECONDS: Final = 300
_WATCH_PATIENCE: Final = aiohttp.ClientTimeout(total=_WATCH_SECONDS + 30, sock_connect=5)
_PAGE: Final = 500
_JSON: Final = "application/json"
_METADATA_ONLY: Final = f"{_JSON};as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
_METADATA_LIST_ONLY: Final = f"{_JSON};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


def _nobody(_method: str, _status: int) -> None:
    pass


def _always() -> bool:
    return True


class KubernetesClient:
    """Requests to the API server. Every method may raise `KubernetesError`."""

    def __init__(
        self,
        api: ApiClient,
        observe: Callable[[str, int], None] = _nobody,
        renew: Callable[[], Awaitable[None]] | None = None,
        as_whom: Sequence[tuple[str, str]] = (),
        may_write: Callable[[], bool] = _always,
    ) -> None:
        """`observe` is told method and status of every answer (0: none); `renew` signs in afresh after a 401.

        `as_whom`: headers of impersonation, see `acting_as`. Without `may_write` nothing but reading is sent.
        """
        self._api = api
        self._observe = observe
        self._renew = renew
        self._as_whom = tuple(as_whom)
        self._may_write = may_write

    def acting_as(self, user: str, groups: Sequence[str] = ()) -> KubernetesClient:
        """The same connections as somebody else, by whose rights the API server decides, and whom its audit log names.

        It takes the permission to `impersonate` them. Close only the one that this was made of.
        """
        whom = [("Impersonate-User", user), *(("Impersonate-Group", group) for group in groups)]
        return KubernetesClient(self._api, self._observe, self._renew, whom, self._may_write)

    async def get(self, path: str, *, metadata_only: bool = False, query: Mapping[str, str] | None = None) -> Object:
        """What is at `path`; with `metadata_only` an object's data never leaves the API server."""
        return await self._request("GET", path, query=query, accept=_METADATA_ONLY if metadata_only else _JSON)

    async def pages(self, path: str, *, metadata_only: bool = False) -> AsyncIterator[tuple[list[Object], str]]:
        """Every object of a kind, page by page, each with the version to watch from."""
        query = {"limit": str(_PAGE)}
        while True:
            accept = _METADATA_LIST_ONLY if metadata_only else _JSON
            page = await self._request("GET", path, query=query, accept=accept)
            yield page.get("items") or [], page["metadata"]["resourceVersion"]
            follows = page["metadata"].get("continue")
            if not follows:
                return
            query["continue"] = follows

    async def list(self, path: str, *, metadata_only: bool = False) -> tuple[list[Object], str]:
        """Every object of a kind, and the version to watch from."""
        pages = [page async for page in self.pages(path, metadata_only=metadata_only)]
        return [item for items, _ in pages for item in items], pages[-1][1]

    async def watch(self, path: str, version: str, *, metadata_only: bool = False) -> AsyncIterator[Object]:
        """Changes since `version`, bookmarks among them, until the API server ends the stream; raises `Gone` too."""
        query = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(_WATCH_SECONDS),
        }
        accept = _METADATA_ONLY if metadata_only else _JSON
        response = await self._send("GET", path, query=query, accept=accept, patience=_WATCH_PATIENCE)
        try:
            async for line in _lines(response.response.content):
                event = msgspec.json.decode(line)
                if event["type"] == "ERROR":
                    status = event["object"]
                    raise error_for(int(status.get("code") or 500), str(status.get("message") or "the watch failed"))
                yield event
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Unavailable(f"the watch of {path} broke off: {type(error).__name__}") from error
        finally:
            response.response.close()

    async def apply(self, path: str, body: Mapping[str, Any]) -> Object:
        """Server-side apply as the operator's field manager: what it applied before and no longer names goes."""
        query = {"fieldManager": names.FIELD_MANAGER, "force": "true"}
        return await self._request("PATCH", path, query=query, body=body, content="application/apply-patch+yaml")

    async def merge(self, path: str, body: Mapping[str, Any], *, dry_run: bool = False) -> Object:
        """Merge-patch an object; with `dry_run` it is checked, and stays as it is."""
        query = {"dryRun": "All"} if dry_run else None
        return await self._request("PATCH", path, query=query, body=body, content="application/merge-patch+json")

    async def create(self, path: str, body: Mapping[str, Any], *, dry_run: bool = False) -> Object:
        """Create an object in the collection at `path`; with `dry_run` it is checked only."""
        return await self._request("POST", path, query={"dryRun": "All"} if dry_run else None, body=body)

    async def close(self) -> None:
        """Give back connections."""
        await self._api.close()  # type: ignore[no-untyped-call]

    async def _request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        content: str = _JSON,
        accept: str = _JSON,
    ) -> Object:
        response = await self._send(method, path, query=query, body=body, content=content, accept=accept)
        try:
            answer: Object = msgspec.json.decode(await response.read())  # type: ignore[no-untyped-call]
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Unavailable(f"the answer to {method} {path} broke off: {type(error).__name__}") from error
        return answer

    async def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        content: str = _JSON,
        accept: str = _JSON,
        patience: aiohttp.ClientTimeout = _PATIENCE,
    ) -> RESTResponse:
        if method != "GET" and not self._may_write():
            raise Unavailable(f"{method} {path}: not sent, as this operator does not lead")

        async def once() -> RESTResponse:
            _, url, headers, data, _ = await self._api.param_serialize(
                method,
                path,
                query_params=list((query or {}).items()),
                header_params={"Accept": accept, "Content-Type": content},
                body=body,
                auth_settings=["BearerToken"],
            )
            sent = CIMultiDict(headers)
            sent.extend(self._as_whom)
            response = await self._api.call_api(method, url, sent, data, _request_timeout=patience)
            self._observe(method, response.status)
            return response

        try:
            response = await once()
            if response.status == 401 and self._renew is not None:
                response.response.release()
                await self._renew()
                response = await once()
            if response.status >= 400:
                raise error_for(response.status, f"{method} {path}: {await _words(response)}")
        except NoCluster as error:
            raise Unavailable(f"{method} {path}: {error}") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._observe(method, 0)
            raise Unavailable(f"{method} {path}: no answer ({type(error).__name__})") from error
        return response


async def _words(response: RESTResponse) -> str:
    """What the API server says about an error, if it says it as it should."""
    try:
        status = msgspec.json.decode(await response.read())  # type: ignore[no-untyped-call]
    except ValueError:
        return "no explanation"
    return str(status.get("message") or "no explanation") if isinstance(status, dict) else "no explanation"


async def _lines(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """Lines of any length; aiohttp's own iteration refuses long ones."""
    rest = b""
    async for chunk in content.iter_any():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line:
                yield line
