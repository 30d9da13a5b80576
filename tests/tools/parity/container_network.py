"""Lets containers reach the database and the mailbox, which listen on the loopback address alone.

With Docker Desktop, `host.docker.internal` reaches loopback. With Docker Engine on Linux nothing
does, so a TCP forwarder listens on the gateway address of Docker's bridge network. Only this
machine and its containers can reach that address.
"""

import ipaddress
import json
import socket
import subprocess
import threading
from urllib.parse import urlsplit


def url_for_containers(cleanup, url):
    """The URL as seen from a container. `cleanup` is the stack that ends the forwarder."""
    port = urlsplit(url).port
    gateway = bridge_gateway()
    try:
        listener = socket.create_server((gateway, 0))
    except OSError:
        # Docker Desktop: the bridge is inside its virtual machine.
        return f"http://host.docker.internal:{port}"
    cleanup.callback(listener.close)
    threading.Thread(target=forward, args=(listener, port), daemon=True).start()
    return f"http://{gateway}:{listener.getsockname()[1]}"


def bridge_gateway():
    output = subprocess.run(
        ["docker", "network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}"],
        check=True, capture_output=True, text=True,
    ).stdout
    network = json.loads(output)[0]
    # Docker omits the default gateway, which is the subnet's first address.
    return network.get("Gateway") or str(next(ipaddress.ip_network(network["Subnet"]).hosts()))


def forward(listener, port):
    while True:
        try:
            container, _ = listener.accept()
        except OSError:
            return
        server = socket.create_connection(("127.0.0.1", port))
        for source, sink in ((container, server), (server, container)):
            threading.Thread(target=copy, args=(source, sink), daemon=True).start()


def copy(source, sink):
    try:
        while data := source.recv(65_536):
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
