import base64
import hashlib
import hmac
import json
import socket
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundig.sending.addresses import RefusedError, address
from kundig.sending.webhook import posted

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)
SECRET = "whsec_" + base64.b64encode(b"nobody knows this one").decode()


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "172.16.0.9", "0.0.0.0", "100.64.0.1", "224.0.0.1", "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b:1::7f00:1"])
def test_a_name_that_leads_inside_is_refused(inside):
    with pytest.raises(RefusedError, match="not an address of the public internet"):
        address("example.org", 443, resolve=lambda host, port: ["93.184.216.34", inside])


def test_a_host_that_is_allowed_by_name_may_lead_inside():
    assert address("hooks.intern", 443, {"hooks.intern"}, lambda host, port: ["10.0.0.7"]) == "10.0.0.7"


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="127.0.0.0/8") | st.ip_addresses(v=6, network="fc00::/7"))
def test_no_private_address_gets_through(found):
    with pytest.raises(RefusedError):
        address("example.org", 443, resolve=lambda host, port: [str(found)])


class Receiver:
    """A receiver on this machine, which notes what it got and answers as it is told."""

    def __init__(self, status=200, header=None, hang=False):
        got, over = [], threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                got.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
                if hang:
                    over.wait(10)
                    return
                self.send_response(status)
                for name, value in (header or {}).items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.got, self.over, self.server = got, over, HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self):
        self.thread.start()
        self.url = f"http://hooks.example:{self.server.server_port}/here"
        return self

    def __exit__(self, *args):
        self.over.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def sent(to, **more):
    asked = []

    def resolve(host, port):
        asked.append(host)
        return ["127.0.0.1"]

    answer = posted(to.url, SECRET, "msg_7", {"customer": "Ada"}, NOW, allowed={"hooks.example"}, resolve=resolve, **more)
    assert asked == ["hooks.example"]
    return answer


def test_a_message_is_signed_and_its_name_is_resolved_once():
    with Receiver() as receiver:
        assert sent(receiver).done
    [(headers, body)] = receiver.got
    expected = hmac.new(b"nobody knows this one", f"msg_7.{int(NOW.timestamp())}.".encode() + body, hashlib.sha256).digest()
    assert json.loads(body) == {"customer": "Ada"}
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    assert (headers["webhook-id"], headers["host"].partition(":")[0]) == ("msg_7", "hooks.example")


@pytest.mark.parametrize(("status", "again"), [(500, True), (429, True), (404, True), (410, False)])
def test_what_is_not_taken_is_tried_again_unless_the_receiver_is_gone(status, again):
    with Receiver(status) as receiver:
        answer = sent(receiver)
    assert (answer.done, answer.again) == (False, again)


def test_no_redirect_is_followed():
    with Receiver(302, {"location": "http://169.254.169.254/latest"}) as receiver:
        answer = sent(receiver)
    assert (answer.done, answer.reason, len(receiver.got)) == (False, "hooks.example answered 302", 1)


def test_a_receiver_that_hangs_is_cut_off():
    with Receiver(hang=True) as receiver:
        assert sent(receiver, seconds=0.3).reason == "hooks.example did not answer within 0.3 seconds"


def test_a_receiver_that_dribbles_is_cut_off():
    listener, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def dribble():
        one, _ = listener.accept()
        with one:
            one.recv(65536)
            while not over.wait(0.02):
                try:
                    one.send(b"H")
                except OSError:
                    return

    thread = threading.Thread(target=dribble)
    thread.start()
    answer = posted(f"http://hooks.example:{listener.getsockname()[1]}/", SECRET, "m", {}, NOW, allowed={"hooks.example"}, resolve=lambda host, port: ["127.0.0.1"], seconds=0.4)
    over.set()
    thread.join()
    listener.close()
    assert not answer.done
    assert answer.again


def test_nobody_there_is_tried_again_and_inside_is_not():
    def nowhere(host, port):
        raise socket.gaierror("unknown")

    assert posted("https://nowhere.example/", SECRET, "m", {}, NOW, resolve=nowhere).again
    assert not posted("https://inside.example/", SECRET, "m", {}, NOW, resolve=lambda host, port: ["10.0.0.1"]).again
