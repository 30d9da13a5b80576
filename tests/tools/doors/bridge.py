"""The way from a container to the database, which listens on the loopback address alone.

Docker Desktop leads `host.docker.internal` there. Docker Engine on Linux leads nowhere: there a
forwarder on the bridge's own address, which only this machine and its containers have, does it.
"""

import ipaddress
import json
import socket
import subprocess
import threading
from urllib.parse import urlsplit


def database_for_containers(door, url):
    """The database's address as a container names it."""
    port = urlsplit(url).port
    gateway = address_of_bridge()
    try:
        listener = socket.create_server((gateway, 0))
    except OSError:
        # The bridge is in a machine of its own, as Docker Desktop's is.
        return f"http://host.docker.internal:{port}"
    door.callback(listener.close)
    threading.Thread(target=accept, args=(listener, port), daemon=True).start()
    return f"http://{gateway}:{listener.getsockname()[1]}"


def address_of_bridge():
    told = subprocess.run(
        ["docker", "network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}"],
        check=True, capture_output=True, text=True,
    ).stdout
    network = json.loads(told)[0]
    # Docker leaves the gateway out where it is the usual one: the first address.
    return network.get("Gateway") or str(next(ipaddress.ip_network(network["Subnet"]).hosts()))


def accept(listener, port):
    while True:
        try:
            container, _ = listener.accept()
        except OSError:
            return
        database = socket.create_connection(("127.0.0.1", port))
        for source, sink in ((container, database), (database, container)):
            threading.Thread(target=pour, args=(source, sink), daemon=True).start()


def pour(source, sink):
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
