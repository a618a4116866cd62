"""A proxy in front of an installation that can be told to do what some do to frames."""

import asyncio
from types import TracebackType

import httpx
from aiohttp import ClientSession, WSMsgType, web

HOP_BY_HOP = {"connection", "upgrade", "keep-alive", "transfer-encoding", "content-length", "content-encoding"}


class BadProxy:
    """Async context manager; passes everything while ``broken`` is false.

    Broken, it hands sockets on as plain requests and adds ``X-Frame-Options``, as a proxy without the two lines about
    upgrades and with a hardening snippet does.
    """

    def __init__(self) -> None:
        self.target = ""
        self.broken = False

    async def __aenter__(self) -> "BadProxy":
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._pass)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        if not self.broken and request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._pass_socket(request)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.request(request.method, self.target + str(request.rel_url), headers=headers)
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP}
        if self.broken:
            kept["X-Frame-Options"] = "SAMEORIGIN"
        return web.Response(status=answer.status_code, headers=kept, body=answer.content)

    async def _pass_socket(self, request: web.Request) -> web.WebSocketResponse:
        near = web.WebSocketResponse()
        await near.prepare(request)
        address = self.target.replace("http", "ws", 1) + str(request.rel_url)
        async with ClientSession() as session, session.ws_connect(address, origin=request.headers.get("Origin")) as far:
            back = asyncio.create_task(self._pump(far, near))
            await self._pump(near, far)
            await back
        return near

    async def _pump(self, source: web.WebSocketResponse, to: web.WebSocketResponse) -> None:
        async for message in source:
            if message.type is WSMsgType.TEXT:
                await to.send_str(message.data)
        await to.close(code=source.close_code or 1000)
