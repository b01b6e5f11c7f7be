"""The whole app behind a real server, in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2 as httpx
import uvicorn

from api.app import create_app
from kg.settings import Settings


@contextmanager
def serving(settings: Settings) -> Iterator[httpx.Client]:
    """A client of a server that runs until the end of the block."""
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
