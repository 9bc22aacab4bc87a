"""Letters over a secured connection with a login, against a real server with a certificate of this test; what is wrong is said, and nothing is lost."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.web.post import Taking
from tests.web.test_mail import TEN, asked, emptied, stands
from tests.web.test_playbook_ticks import state

__all__ = ["state"]

PASSWORD = "ein langes Wort"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1, signed by itself, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    folder, key, now = tmp_path_factory.mktemp("certificate"), ec.generate_private_key(ec.SECP256R1()), datetime.now(timezone.utc)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.org")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    signed = made.sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return folder


class Secured(Controller):
    """Takes letters after a login alone; by STARTTLS, or by TLS from the first byte."""

    def __init__(self, handler, context, security):
        self.context, self.security, self.logins = context, security, []
        super().__init__(handler, hostname="127.0.0.1", port=0, ssl_context=context if security == "tls" else None)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def authenticated(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login, session.ssl is not None or self.security == "tls"))
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    def factory(self):
        return SMTP(
            self.handler, hostname="mail.example.org", tls_context=self.context if self.security == "starttls" else None, require_starttls=self.security == "starttls",
            authenticator=self.authenticated, auth_required=self.security == "starttls", auth_require_tls=self.security == "starttls",
        )  # fmt: skip


@pytest.fixture(params=["starttls", "tls"])
def server(request, certificate, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    monkeypatch.setenv("KUNDIG_MAIL_PASSWORD", PASSWORD)
    one = Secured(Taking(), context, request.param)
    one.start()
    one.handler.port = one.server.sockets[0].getsockname()[1]
    yield one
    one.stop()


def went(server, now=TEN, **more):
    return emptied(server.handler, now, **{"security": server.security, "user": "kundig", **more})


def waits(server, **more):
    """What is wrong, and that after it is mended the letters go out."""
    asked()
    assert went(server, **more) == {"waiting": 2, "withheld": 1}
    reason = stands()["ada"][1]
    assert (stands()["ada"][0], stands()["ben"], server.handler.letters) == ("waiting", ("waiting", reason), [])
    return reason


def mended(server):
    return went(server, TEN + timedelta(minutes=10)) == {"done": 2} and sorted(to for _, to, _ in server.handler.letters) == ["ada@example.org", "ben@example.org"]


def test_letters_go_out_over_a_secured_connection_with_one_login_for_all(state, server):
    asked()
    assert went(server) == {"done": 2, "withheld": 1}
    assert server.logins == [(b"kundig", True)]


def test_a_wrong_password_is_said_without_the_password_is_tried_once_a_round_and_nothing_is_lost(state, server, monkeypatch):
    monkeypatch.setenv("KUNDIG_MAIL_PASSWORD", "falsch")
    reason = waits(server)
    assert reason == "the mail server took no login as kundig: 535 5.7.8 Authentication credentials invalid; look at `mail: user:` and KUNDIG_MAIL_PASSWORD"
    assert ({login for login, _ in server.logins}, "falsch" in reason) == ({b"kundig"}, False)
    tries = len(server.logins)
    monkeypatch.setenv("KUNDIG_MAIL_PASSWORD", PASSWORD)
    assert mended(server)
    # The library offers each way to log in once; of two letters one tries.
    assert tries <= 3


def test_without_the_password_nobody_is_asked(state, server, monkeypatch):
    monkeypatch.delenv("KUNDIG_MAIL_PASSWORD")
    assert "the environment variable KUNDIG_MAIL_PASSWORD is not set" in waits(server)
    monkeypatch.setenv("KUNDIG_MAIL_PASSWORD", PASSWORD)
    assert (list(server.logins), mended(server)) == ([], True)


def test_a_certificate_that_nobody_vouches_for_is_refused_before_the_password_is_said(state, server, monkeypatch, certificate):
    monkeypatch.delenv("SSL_CERT_FILE")
    assert waits(server) == "the certificate of the mail server 127.0.0.1 was refused: self-signed certificate; name an authority of your own in SSL_CERT_FILE"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    assert (list(server.logins), mended(server)) == ([], True)


def test_a_certificate_of_another_host_is_refused(state, server):
    assert "Hostname mismatch" in waits(server, host="localhost")
    assert (list(server.logins), mended(server)) == ([], True)


def test_the_wrong_kind_of_security_is_said(state, server):
    reason = waits(server, security="tls" if server.security == "starttls" else "starttls", seconds=0.5)
    assert reason.startswith("the mail server 127.0.0.1 could not be reached: ")
    assert mended(server)


def test_a_server_without_starttls_gets_no_letter_and_no_password(state, monkeypatch):
    from tests.web.post import Server

    monkeypatch.setenv("KUNDIG_MAIL_PASSWORD", PASSWORD)
    plain = Server(Taking(), hostname="127.0.0.1", port=0)
    plain.start()
    plain.handler.port = plain.server.sockets[0].getsockname()[1]
    try:
        asked()
        assert emptied(plain.handler, security="starttls", user="kundig") == {"waiting": 2, "withheld": 1}
        assert stands()["ada"] == ("waiting", "the mail server 127.0.0.1 offers less than `mail:` asks for: STARTTLS extension not supported by server.")
    finally:
        plain.stop()
