"""Senders for the door and its peer: `python -m benchmarks.senders PORT CONNECTIONS SECONDS EVENTS [PACE [names]]`, as JSON what they met.

Bodies are made before the clock starts; each request gets ids that no other has had. Each connection sends the next as soon as the last was answered, or, with a pace, so many
requests a second are sent together.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid
from base64 import b64encode

HEAD = b"POST %s HTTP/1.1\r\nhost: door\r\nauthorization: Basic %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
BASIC = b64encode(b"wk_tests:")


def event(start: str, number: int, named: str = "Order Completed", more: str = "coupon") -> dict[str, object]:
    """An order as a shop sends it: some 400 bytes."""
    return {
        "type": "track", "event": named, "userId": f"customer-{number % 5000}", "anonymousId": f"browser-{number % 5000}", "messageId": f"{start}-{number}",
        "timestamp": "2026-03-01T10:00:00.000Z", "properties": {"order_id": f"o-{number}", "total": 39.9, "currency": "EUR", more: "SPRING", "products": [{"sku": "p1", "quantity": 2}]},
        "context": {"library": {"name": "bench", "version": "1"}, "locale": "de-DE", "page": {"path": "/checkout", "url": "https://shop.example/checkout"}},
    }  # fmt: skip


BODIES = 500
"""Different bodies; what differs from one sending to the next are the ids."""
PLACE = "########"


class Bodies:
    """Requests without end: a few bodies in turn, with the place in each id filled anew."""

    def __init__(self, events: int, *, names: bool = False) -> None:
        self.count = int.from_bytes(uuid.uuid4().bytes[:4]) << 24
        self.parts: list[list[bytes]] = []
        for number in range(BODIES):
            batch = [event(PLACE * 2, at, *([f"Order {PLACE * 2} {at}", f"coupon {PLACE * 2} {at}"] if names else [])) for at in range(number * events, (number + 1) * events)]
            path, body = (b"/v1/batch", json.dumps({"batch": batch, "sentAt": "2026-03-01T10:00:00.000Z"}).encode()) if events > 1 else (b"/v1/track", json.dumps(batch[0]).encode())
            self.parts.append((HEAD % (path, BASIC, len(body)) + body).split(PLACE.encode() * 2))

    def pop(self) -> bytes:
        """The next."""
        self.count += 1
        return (b"%016x" % self.count).join(self.parts[self.count % BODIES])


class Sender(asyncio.Protocol):
    def __init__(self, bodies: Bodies, deadline: float, met: dict[str, list[float]], done: asyncio.Event, pause: float) -> None:
        self.bodies, self.deadline, self.met, self.done, self.pause = bodies, deadline, met, done, pause
        self.held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.send()

    def send(self) -> None:
        if time.perf_counter() >= self.deadline:
            self.done.set()
            self.transport.close()
            return
        self.began = time.perf_counter()
        self.transport.write(self.bodies.pop())

    def data_received(self, data: bytes) -> None:
        self.held += data
        end = self.held.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.held[:end].lower()
        length = int(head[head.find(b"content-length:") + 15 :].split(b"\r\n", 1)[0])
        if len(self.held) < end + 4 + length:
            return
        self.met["seconds" if head.startswith(b"http/1.1 200") else "failed"].append(time.perf_counter() - self.began)
        self.held = b""
        rest = self.began + self.pause - time.perf_counter()
        if rest > 0:
            asyncio.get_running_loop().call_later(rest, self.send)
        else:
            self.send()


async def sent(port: int, connections: int, seconds: float, events: int, pace: float = 0.0, *, names: bool = False) -> dict[str, object]:  # noqa: PLR0913 -- what is sent
    bodies = Bodies(events, names=names)
    met: dict[str, list[float]] = {"seconds": [], "failed": []}
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    ends = []
    for _ in range(connections):
        done = asyncio.Event()
        ends.append(done)
        await loop.create_connection(lambda d=done: Sender(bodies, began + seconds, met, d, connections / pace if pace else 0.0), "127.0.0.1", port)
    for done in ends:
        await done.wait()
    took = time.perf_counter() - began
    ordered = sorted(met["seconds"])
    return {"rate": len(ordered) / took, "p50": ordered[len(ordered) // 2], "p99": ordered[int(len(ordered) * 0.99)], "requests": len(ordered), "failed": len(met["failed"])}


if __name__ == "__main__":
    import uvloop

    port, connections, seconds, events = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    print(json.dumps(uvloop.run(sent(port, connections, seconds, events, *map(float, sys.argv[5:6]), names="names" in sys.argv[6:]))))
