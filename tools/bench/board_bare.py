"""The least program that links a scale: access point, home network, clock, one verified call, and nothing else.

No page, no second try, no time-out, no schedule: what the firmware's times are held against.
"""

import json
import os
import socket
import time

import network
import ntptime
import tls

HOST = "api.thethings.io"
WPA2 = 3

with open("/identity.json") as file:
    identity = json.load(file)
with open("/wifi.json") as file:
    wifi = json.load(file)

point = network.WLAN(network.AP_IF)
point.active(True)
point.config(ssid="Scale-" + identity["serial"], security=WPA2, key=identity["setup_key"])

station = network.WLAN(network.STA_IF)
station.active(True)
station.config(reconnects=0)
station.connect(wifi["ssid"], wifi["key"])
while not station.isconnected():
    time.sleep_ms(100)

ntptime.settime()

context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
context.verify_mode = tls.CERT_REQUIRED
for name in os.listdir("/certs"):
    with open("/certs/" + name, "rb") as file:
        context.load_verify_locations(file.read())

body = json.dumps({"linkId": identity["serial"]})
sock = socket.socket()
sock.connect(socket.getaddrinfo(HOST, 443)[0][-1])
secured = context.wrap_socket(sock, server_hostname=HOST)
secured.write(
    "POST /v2/things/{}/link-id HTTP/1.0\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}".format(
        identity["thing_token"], HOST, len(body), body
    ).encode()
)
reply = b""
while more := secured.read(512):
    reply += more
secured.close()
print("link:", json.loads(reply.split(b"\r\n\r\n", 1)[1])["message"])
