"""A small HTTP client for load on loopback: keep-alive connections, one request at a time on each."""

import asyncio
import time
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Load:
    clients: int
    seconds: float
    latencies: list[float]
    statuses: dict[int, int]

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def milliseconds(self, share: float) -> float:
        return float(np.quantile(self.latencies, share) * 1000)


def request(path: str, body: bytes, *, kind: str = "application/json", key: str | None = None) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", f"content-type: {kind}", f"content-length: {len(body)}"]
    lines += [f"authorization: Bearer {key}"] if key else []
    return "\r\n".join([*lines, "", ""]).encode() + body


async def answered(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    at = head.index(b"content-length:") + len(b"content-length:")
    body = await reader.readexactly(int(head[at : head.index(b"\r\n", at)]))
    return int(head.split(b" ", 2)[1]), body


def load(port: int, sent: bytes, *, clients: int, requests: int) -> Load:
    """So many requests in all, spread over the clients; any that is not answered with 200 ends the run."""
    latencies: list[float] = []
    statuses: dict[int, int] = {}

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(number):
            start = time.perf_counter()
            writer.write(sent)
            status, body = await answered(reader)
            latencies.append(time.perf_counter() - start)
            statuses[status] = statuses.get(status, 0) + 1
            if status != 200:
                raise SystemExit(f"status {status}: {body[:300]!r}")
        writer.close()

    async def everyone() -> float:
        start = time.perf_counter()
        await asyncio.gather(*(client(requests // clients) for _ in range(clients)))
        return time.perf_counter() - start

    import uvloop

    seconds = uvloop.run(everyone())
    return Load(clients, seconds, latencies, statuses)
