"""The HTTP side: aiohttp requests in, answers out, with whatever the faults do to their delivery."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from email.utils import formatdate
from ipaddress import ip_address

from aiohttp import web

from district_simulator import clock
from district_simulator.admin import answer_admin
from district_simulator.exchange import Call, Cut, Drip, Endless, File, Reply, Unfinished
from district_simulator.service import Service

ADMIN_PATH = "/_simulator"
_LARGEST_REQUEST = 1 << 20
_CHUNK = 65_536
FindService = Callable[[str], Service | None]


def build_app(find: FindService) -> web.Application:
    """The application; `find` gives the district whose prefix a path starts with."""

    async def serve(request: web.Request) -> web.StreamResponse:
        if request.path == "/healthz":
            return web.json_response({"status": "ok"})
        target = request.raw_path
        service = find(target)
        if service is None:
            return web.json_response({"message": "no district here"}, status=404)
        below = target[len(service.prefix) :].partition("?")[0]
        if below.startswith(f"{ADMIN_PATH}/"):
            return await _administer(request, service, below.removeprefix(f"{ADMIN_PATH}/"))
        call = Call(
            request.method,
            request.scheme,
            request.host,
            target,
            request.headers,
            await request.read(),
        )
        return await _send(request, await service.handle(call), service)

    app = web.Application(client_max_size=_LARGEST_REQUEST)
    app.router.add_route("*", "/{anything:.*}", serve)
    return app


async def _administer(request: web.Request, service: Service, what: str) -> web.Response:
    if not is_this_machine(request.remote):
        return web.json_response({"message": "only from this machine"}, status=403)
    try:
        body = await request.json() if request.can_read_body else None
    except json.JSONDecodeError:
        return web.json_response({"message": "the body is not JSON"}, status=400)
    status, answer = answer_admin(service, request.method, what, body)
    return web.json_response(answer, status=status)


def is_this_machine(remote: str | None) -> bool:
    """Whether a peer's address is a loopback one: only those may administer."""
    return remote is not None and ip_address(remote).is_loopback


async def _send(request: web.Request, reply: Reply, service: Service) -> web.StreamResponse:
    headers = {**reply.headers, "Date": formatdate(service.now(), usegmt=True)}
    if reply.status == 0:
        _drop(request)
        return web.Response()
    match reply.delivery:
        case None:
            return web.Response(status=reply.status, body=reply.body, headers=headers)
        case File(path=path):
            return web.FileResponse(path, headers=headers)
        case Cut(after=after):
            response = web.StreamResponse(status=reply.status, headers=headers)
            response.content_length = len(reply.body)
            await response.prepare(request)
            await response.write(reply.body[:after])
            _drop(request)
            return response
        case Unfinished():
            response = web.StreamResponse(status=reply.status, headers=headers)
            response.enable_chunked_encoding()
            await response.prepare(request)
            await response.write(reply.body)
            _drop(request)
            return response
        case Drip(bytes_per_second=rate):
            return await _drip(request, reply, headers, rate)
        case Endless() as endless:
            return await _flood(request, reply, headers, endless)


async def _drip(request: web.Request, reply: Reply, headers: dict[str, str], rate: int) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status, headers=headers)
    response.content_length = len(reply.body)
    await response.prepare(request)
    step = max(1, rate // 10)
    for start in range(0, len(reply.body), step):
        began = clock.monotonic_seconds()
        await response.write(reply.body[start : start + step])
        await asyncio.sleep(max(0.0, step / rate - (clock.monotonic_seconds() - began)))
    await response.write_eof()
    return response


async def _flood(request: web.Request, reply: Reply, headers: dict[str, str], endless: Endless) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status, headers=headers)
    await response.prepare(request)
    await response.write(reply.body)
    chunk = endless.filler * (_CHUNK // len(endless.filler) + 1)
    for _ in range(endless.megabytes * (1 << 20) // len(chunk)):
        await response.write(chunk)
    await response.write(b"]}")
    await response.write_eof()
    return response


def _drop(request: web.Request) -> None:
    """Close the connection now; what was announced and not sent never comes."""
    if request.transport is not None:
        request.transport.close()
