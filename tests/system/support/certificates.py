"""A private CA and certificates of it, made by openssl."""

import os
import time

from support import programs

# Only "openssl ca" can set both days of a certificate.
CA_CONFIG = """\
[ca]
default_ca = private
[private]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""
DAY = 86400


class Authority:
    """Signs certificates. All files are in `folder`; the CA's certificate is ca.pem."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self._write("config", CA_CONFIG.format(folder=folder))
        self._write("index", "")
        self._write("serial", "1000\n")
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                      "-nodes", "-subj", "/CN=Test CA", "-days", "30",
                      "-keyout", self.path("ca.key"), "-out", self.path("ca.pem"))

    def path(self, name):
        return os.path.join(self.folder, name)

    def sign(self, name, host, begin_days, end_days, alternative=True):
        """NAME.pem and NAME.key for a host, good between two days from now.

        Without `alternative` its name is the common name alone.
        """
        names = ["-addext", f"subjectAltName=DNS:{host}"] if alternative else []
        self._openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                      "-nodes", "-subj", f"/CN={host}", *names,
                      "-keyout", self.path(f"{name}.key"), "-out", self.path(f"{name}.csr"))
        self._openssl("ca", "-batch", "-notext", "-config", self.path("config"),
                      "-startdate", _when(begin_days), "-enddate", _when(end_days),
                      "-in", self.path(f"{name}.csr"), "-out", self.path(f"{name}.pem"))

    def _write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    @staticmethod
    def _openssl(*arguments):
        done = programs.run("openssl", *arguments)
        if done.returncode != 0:
            raise AssertionError(f"openssl {arguments[0]}: {done.stderr}")


def _when(days):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * DAY))
