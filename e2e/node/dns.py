"""Answers for names of Services, in place of CoreDNS: asks the API server for each. `dns.py PKI-FOLDER API ADDRESS`."""

import json
import socket
import ssl
import struct
import sys
import urllib.request

pki, api, address = sys.argv[1:4]
context = ssl.create_default_context(cafile=f"{pki}/ca.crt")
context.load_cert_chain(f"{pki}/admin.crt", f"{pki}/admin.key")


def address_of(name: str) -> str | None:
    labels = name.lower().rstrip(".").split(".")
    if len(labels) != 5 or labels[2:] != ["svc", "cluster", "local"]:
        return None
    try:
        with urllib.request.urlopen(
            f"{api}/api/v1/namespaces/{labels[1]}/services/{labels[0]}", context=context, timeout=5
        ) as answer:
            found: str | None = json.load(answer)["spec"].get("clusterIP")
    except OSError:
        return None
    return found


def answer(query: bytes) -> bytes:
    position, labels = 12, []
    while query[position]:
        labels.append(query[position + 1 : position + 1 + query[position]].decode())
        position += 1 + query[position]
    kind = struct.unpack(">H", query[position + 1 : position + 3])[0]
    found = address_of(".".join(labels))
    records = 1 if found and kind == 1 else 0
    header = query[:2] + struct.pack(">HHHHH", 0x8580 | (0 if found else 3), 1, records, 0, 0)
    record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 5, 4) + socket.inet_aton(found) if found and records else b""
    return header + query[12 : position + 5] + record


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((address, 53))
while True:
    query, client = server.recvfrom(1500)
    try:
        server.sendto(answer(query), client)
    except (IndexError, struct.error, UnicodeDecodeError) as error:
        print(error, flush=True)
