"""nginx with nchan, its publish and subscribe module, where it is installed (Debian: ``libnginx-mod-nchan``).

``python -m benchmarks.nchan PORT FOLDER`` serves on loopback: what is posted to ``/publish`` goes to all sockets of
``/subscribe``. One process, whose processor time can be read.
"""

import asyncio
import os
import shutil
import sys
from pathlib import Path

MODULES = ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules", "/etc/nginx/modules")
SUBSCRIBE = "/subscribe"
CONFIGURATION = """
load_module {module};
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location = /publish {{ nchan_publisher; nchan_channel_id bench; nchan_message_buffer_length 16; }}
        location = /subscribe {{
            nchan_subscriber websocket;
            nchan_channel_id bench;
            nchan_subscriber_first_message newest;
        }}
    }}
}}
"""


def installed() -> Path | None:
    """The module's file; ``None`` where nginx or the module is missing."""
    if program() is None:
        return None
    files = (Path(folder) / "ngx_nchan_module.so" for folder in MODULES)
    return next((file for file in files if file.exists()), None)


def program() -> str | None:
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class Publication:
    """Posts over one connection that is kept, without waiting for the answers."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    async def open(self) -> None:
        reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._reading = asyncio.ensure_future(self._read(reader))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while await reader.read(65_536):
            pass

    def post(self, text: str) -> None:
        assert self._writer is not None, "open() comes first"
        body = text.encode()
        head = f"POST /publish HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        if self._reading is not None:
            self._reading.cancel()


def serve(port: int, folder: Path) -> None:
    """Become nginx."""
    module, nginx = installed(), program()
    if module is None or nginx is None:
        sys.exit("nchan is not installed. On Debian: apt-get install libnginx-mod-nchan")
    file = folder / "nchan.conf"
    file.write_text(CONFIGURATION.format(module=module, port=port, folder=folder), encoding="utf-8")
    os.execv(nginx, [nginx, "-p", str(folder), "-c", str(file)])  # noqa: S606


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]))
