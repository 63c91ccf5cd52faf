"""netcat.py HOST PORT: joins standard input and output to a TCP connection, as a ProxyCommand."""

import os
import selectors
import socket
import sys


def main():
    peer = socket.create_connection((sys.argv[1], int(sys.argv[2])))
    ends = {0: peer.fileno(), peer.fileno(): 1}
    selector = selectors.DefaultSelector()
    for source in ends:
        selector.register(source, selectors.EVENT_READ)
    while peer.fileno() in (key.fd for key in selector.get_map().values()):
        for key, _ in selector.select():
            data = os.read(key.fd, 65536)
            if not data:
                selector.unregister(key.fd)
                if key.fd == 0:
                    peer.shutdown(socket.SHUT_WR)
            while data:
                data = data[os.write(ends[key.fd], data):]


if __name__ == "__main__":
    main()
