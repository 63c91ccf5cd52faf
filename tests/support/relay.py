"""A TCP relay on a free port of 127.0.0.1 that can be slow, silent, cut or gone.

It runs as a process of its own, so that its clock does not depend on what the test does:

    with Relay(port, delay=0.1) as relay:      # 100 ms each way
        relay.stall(); relay.resume()          # hold all bytes back; let them go
        relay.stall("up")                      # only those for the server ("down": from it)
        relay.cut()                            # reset every connection
        relay.down(); relay.up()               # refuse new connections; take them again
        relay.stats()                          # {"up": bytes, "down": bytes, "turns": n, ...}

Round trips are counted by what had to be waited for, not by the clock: what the client sends is
one turn later than the latest that it has heard, and what the server sends belongs to the latest
turn that has reached it. "turns" is how often the client spoke, "trips" how many answers it has
heard. A server that is slower than the delay can only be counted too often, never too seldom;
so that its start does not count, nothing reaches it before it has said its first word.
"""

import collections
import json
import selectors
import socket
import struct
import subprocess
import sys
import time

CHUNK = 256 * 1024
WAYS = ("up", "down")
QUEUE = 8 * 1024 * 1024


class Relay:
    def __init__(self, target, delay=0.0):
        self.process = subprocess.Popen(
            ["/usr/bin/python3", __file__, str(target), str(delay)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = json.loads(self.process.stdout.readline())["port"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _ask(self, command, **arguments):
        self.process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def delay(self, seconds):
        self._ask("delay", seconds=seconds)

    def stall(self, *ways):
        self._ask("stall", ways=ways or WAYS)

    def resume(self, *ways):
        self._ask("resume", ways=ways or WAYS)

    def cut(self):
        self._ask("cut")

    def down(self):
        self._ask("down")

    def up(self):
        self._ask("up")

    def stats(self):
        return self._ask("stats")

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class _Pipe:
    """One direction of one connection: bytes wait here until their time has come. `arrived` is
    the latest turn of which something has come to the end of it."""

    def __init__(self, source, sink, name):
        self.source, self.sink, self.name = source, sink, name
        self.queue = collections.deque()  # (due, bytes, turn); bytes b"" is the end
        self.size = 0
        self.ended = False
        self.done = False
        self.turn = self.arrived = 0
        self.begun = False
        self.other = None


class _Server:
    def __init__(self, target, delay):
        self.target, self.delay = target, delay
        self.stalled = set()
        self.pipes = []
        self.counts = {"up": 0, "down": 0, "turns": 0, "trips": 0, "connections": 0}
        self.selector = selectors.DefaultSelector()
        self.control = b""
        self.listener = self._listen(0)
        self.port = self.listener.getsockname()[1]

    def _listen(self, port):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(64)
        listener.setblocking(False)
        return listener

    def run(self):
        self._say({"port": self.port})
        while True:
            now = time.monotonic()
            due = self._deliver(now)
            self._watch()
            timeout = None if due is None else max(0.0, due - time.monotonic())
            for key, _ in self.selector.select(timeout):
                if key.fileobj is sys.stdin:
                    if not self._commands():
                        return
                elif key.fileobj is self.listener:
                    self._accept()
                else:
                    self._readable(key.fileobj)

    def _watch(self):
        wanted = {sys.stdin: selectors.EVENT_READ}
        if self.listener:
            wanted[self.listener] = selectors.EVENT_READ
        for pipe in self.pipes:
            if not pipe.ended and pipe.size < QUEUE:
                wanted[pipe.source] = wanted.get(pipe.source, 0) | selectors.EVENT_READ
            if pipe.queue and pipe.queue[0][0] <= time.monotonic() and not self._held(pipe):
                wanted[pipe.sink] = wanted.get(pipe.sink, 0) | selectors.EVENT_WRITE
        for key in list(self.selector.get_map().values()):
            if key.fileobj not in wanted:
                self.selector.unregister(key.fileobj)
            elif key.events != wanted[key.fileobj]:
                self.selector.modify(key.fileobj, wanted[key.fileobj])
            wanted.pop(key.fileobj, None)
        for fileobj, events in wanted.items():
            self.selector.register(fileobj, events)

    def _deliver(self, now):
        """Send what is due; returns when the next is due, None for nothing to wait for."""
        next_due = None
        for pipe in list(self.pipes):
            while pipe.queue and pipe.queue[0][0] <= now and not self._held(pipe):
                due, data, turn = pipe.queue[0]
                try:
                    sent = pipe.sink.send(data) if data else pipe.sink.shutdown(socket.SHUT_WR) or 0
                except BlockingIOError:
                    break
                except OSError:
                    self._drop(pipe)
                    break
                if not data:
                    pipe.done = True
                self._arrived(pipe, sent, turn)
                if sent < len(data):
                    pipe.queue[0] = (due, data[sent:], turn)
                    break
                pipe.queue.popleft()
            if pipe.queue and pipe.queue[0][0] > now and not self._held(pipe):
                due = pipe.queue[0][0]
                next_due = due if next_due is None else min(next_due, due)
            if pipe.done and all(p.done for p in self._pair(pipe)):
                self._drop(pipe)
        return next_due

    def _held(self, pipe):
        return pipe.name in self.stalled or (pipe.name == "up" and not pipe.other.begun)

    def _arrived(self, pipe, size, turn):
        self.counts[pipe.name] += size
        pipe.size -= size
        if size and turn > pipe.arrived:
            self.counts["trips"] += (turn - pipe.arrived) * (pipe.name == "down")
            pipe.arrived = turn

    def _pair(self, pipe):
        return [p for p in self.pipes if p.source in (pipe.source, pipe.sink)]

    def _readable(self, source):
        for pipe in self.pipes:
            if pipe.source is source and not pipe.ended:
                try:
                    data = source.recv(CHUNK)
                except BlockingIOError:
                    return
                except OSError:
                    self._drop(pipe)
                    return
                pipe.begun = True
                turn = pipe.other.arrived + (pipe.name == "up")
                if data and turn > pipe.turn:
                    self.counts["turns"] += (turn - pipe.turn) * (pipe.name == "up")
                    pipe.turn = turn
                pipe.queue.append((time.monotonic() + self.delay, data, pipe.turn))
                pipe.size += len(data)
                pipe.ended = not data
                return

    def _accept(self):
        client, _ = self.listener.accept()
        server = socket.create_connection(("127.0.0.1", self.target))
        for end in (client, server):
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.counts["connections"] += 1
        up, down = _Pipe(client, server, "up"), _Pipe(server, client, "down")
        up.other, down.other = down, up
        self.pipes += [up, down]

    def _drop(self, pipe):
        for gone in self._pair(pipe):
            if gone in self.pipes:
                self.pipes.remove(gone)
            for end in (gone.source, gone.sink):
                if end.fileno() < 0:
                    continue
                if end in [key.fileobj for key in self.selector.get_map().values()]:
                    self.selector.unregister(end)
                if not gone.done:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.close()

    def _commands(self):
        data = sys.stdin.buffer.raw.read(4096)
        if not data:
            return False
        *lines, self.control = (self.control + data).split(b"\n")
        for line in lines:
            request = json.loads(line)
            self._say(getattr(self, "_do_" + request.pop("do"))(**request) or {})
        return True

    def _do_delay(self, seconds):
        self.delay = seconds

    def _do_stall(self, ways):
        self.stalled.update(ways)

    def _do_resume(self, ways):
        self.stalled.difference_update(ways)

    def _do_cut(self):
        while self.pipes:
            self.pipes[0].done = False
            self._drop(self.pipes[0])

    def _do_down(self):
        self._do_cut()
        if self.listener:
            self.selector.unregister(self.listener)
            self.listener.close()
            self.listener = None

    def _do_up(self):
        if not self.listener:
            self.listener = self._listen(self.port)

    def _do_stats(self):
        held = {f"{way} held": sum(pipe.size for pipe in self.pipes if pipe.name == way)
                for way in WAYS}
        return {**self.counts, **held, "open": len(self.pipes) // 2}

    @staticmethod
    def _say(answer):
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _Server(int(sys.argv[1]), float(sys.argv[2])).run()
