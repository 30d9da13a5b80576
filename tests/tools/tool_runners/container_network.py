"""Makes the database reachable from a container. It listens on the loopback address alone.

Docker Desktop maps `host.docker.internal` to it. Docker Engine on Linux does not, so a TCP forwarder
listens on the address of the bridge network, which only this machine and its containers can reach.
"""

import ipaddress
import json
import socket
import subprocess
import threading
from urllib.parse import urlsplit


def database_for_containers(runner, url):
    """The URL of the database for a container."""
    port = urlsplit(url).port
    gateway = bridge_address()
    try:
        listener = socket.create_server((gateway, 0))
    except OSError:
        # Docker Desktop: the bridge belongs to its virtual machine, not to this one.
        return f"http://host.docker.internal:{port}"
    runner.callback(listener.close)
    threading.Thread(target=accept_connections, args=(listener, port), daemon=True).start()
    return f"http://{gateway}:{listener.getsockname()[1]}"


def bridge_address():
    output = subprocess.run(
        ["docker", "network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}"],
        check=True, capture_output=True, text=True,
    ).stdout
    network = json.loads(output)[0]
    # Docker omits the gateway when it is the default, the first address of the subnet.
    return network.get("Gateway") or str(next(ipaddress.ip_network(network["Subnet"]).hosts()))


def accept_connections(listener, port):
    while True:
        try:
            container, _ = listener.accept()
        except OSError:
            return
        database = socket.create_connection(("127.0.0.1", port))
        for source, sink in ((container, database), (database, container)):
            threading.Thread(target=forward, args=(source, sink), daemon=True).start()


def forward(source, sink):
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
