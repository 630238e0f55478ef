"""AWS on one machine: moto behind a proxy that answers as the real hosts, with IAM enforced.

    emulator.py --port 0 --directory DIR --account 123456789012 --partner-account 210987654321 --clusters FILE --access ACCESS

Listens on 127.0.0.1. Once it does, DIR holds `ca.crt`, which clients must trust, and `port`. The root user's
access key comes in AWS_EMULATOR_ROOT_KEY and AWS_EMULATOR_ROOT_SECRET, that of a user of another account likewise (PARTNER). FILE tells how to reach a cluster, and is
read at each DescribeCluster: {"NAME": {"endpoint": "https://…", "certificateAuthority": "<base64>"}}. In the folder
ACCESS it keeps what the clusters' control planes have to know of their access entries (access_files.py). A change of a
cluster's authentication mode takes as long as --update-seconds says. Lists come in pages of
--page-items, which is 100 in AWS where a request says nothing else. A file `clock` in DIR moves AWS's clock by so many seconds.
"""

import argparse
import contextlib
import os
import signal
import socket
import ssl
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--directory", type=Path, required=True)
parser.add_argument("--account", required=True)
parser.add_argument("--partner-account", required=True)
parser.add_argument("--clusters", type=Path, required=True)
parser.add_argument("--access", type=Path, required=True)
parser.add_argument("--update-seconds", type=float, default=0)
parser.add_argument("--page-items", type=int, default=100)
arguments = parser.parse_args()

# moto reads its settings while it is imported.
os.environ["MOTO_ACCOUNT_ID"] = arguments.account
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
os.environ["TEST_PROXY_MODE"] = "true"

from moto.moto_proxy import proxy3  # noqa: E402

import access_api  # noqa: E402
import clock  # noqa: E402
import iam_quotas  # noqa: E402
import iam_refusals  # noqa: E402
import pages  # noqa: E402
import trust_principals  # noqa: E402
from access_files import AccessFiles  # noqa: E402
from authorization import Authorizer  # noqa: E402
from certificates import CertificateAuthority  # noqa: E402
from gaps import install  # noqa: E402

# What the check of permissions covers. moto's own control API would reset everything without asking who calls.
SERVICES = {"iam", "sts", "eks", "ec2"}


class Services(proxy3.MotoRequestHandler):
    # moto's backends are not safe against changes from two threads at a time.
    turn = threading.Lock()

    def get_backend_for_host(self, host: str):
        backend = super().get_backend_for_host(host)
        return backend if backend in SERVICES else None

    def parse_request(self, **request):
        with self.turn:
            return super().parse_request(**request)


class Proxy(proxy3.ProxyRequestHandler):
    authority: CertificateAuthority

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        host = host.strip("[]")
        if not host.endswith((".amazonaws.com", ".amazonaws.com.cn")):
            self.tunnel(host, int(port))
            return
        self.wfile.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
        try:
            self.connection = self.authority.context(host).wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, OSError) as error:
            print(f"TLS with a client of {host}: {error}", file=sys.stderr)
            self.close_connection = True
            return
        self.rfile = self.connection.makefile("rb", self.rbufsize)
        self.wfile = self.connection.makefile("wb", self.wbufsize)
        self.close_connection = False

    def tunnel(self, host: str, port: int) -> None:
        """To what is not AWS, such as a registry of packages, as without the sandbox."""
        self.close_connection = True
        try:
            other = socket.create_connection((host, port), timeout=30)
        except OSError as error:
            self.send_error(502, f"The sandbox's proxy does not reach {host}: {error}")
            return
        with other:
            for end in (self.connection, other):
                end.settimeout(None)
            self.wfile.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
            threading.Thread(target=_copy, args=(self.connection, other), daemon=True).start()
            _copy(other, self.connection)

    def end_headers(self) -> None:
        # moto closes each connection after one answer without saying so, which clients that keep theirs alive
        # take for a network error.
        self.send_header("Connection", "close")
        super().end_headers()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def main() -> None:
    arguments.directory.mkdir(parents=True, exist_ok=True)
    clock.file = arguments.directory / "clock"
    proxy3.MotoRequestHandler = Services
    Proxy.authority = CertificateAuthority(arguments.directory)
    root, partner = (
        (os.environ.pop(f"AWS_EMULATOR_{who}_KEY"), os.environ.pop(f"AWS_EMULATOR_{who}_SECRET")) for who in ("ROOT", "PARTNER")
    )
    install(Authorizer(arguments.account, root, arguments.partner_account, partner), arguments.clusters)
    iam_refusals.install()
    iam_quotas.install()
    trust_principals.install()
    access_api.install(AccessFiles(arguments.access).publish, arguments.update_seconds)
    pages.install(arguments.page_items)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    with ThreadingHTTPServer(("127.0.0.1", arguments.port), Proxy) as server:
        port_file = arguments.directory / "port"
        port_file.with_suffix(".new").write_text(str(server.server_port))
        port_file.with_suffix(".new").rename(port_file)
        server.serve_forever()


main()
