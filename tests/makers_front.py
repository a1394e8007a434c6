"""The templates of the front, what they must be told, and a certificate nobody trusts."""

import re
from datetime import datetime, timedelta
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
TEMPLATES = [DEPLOY / "nginx.conf", DEPLOY / "nginx-tls.conf"]


def needed():
    return {name for file in TEMPLATES for name in re.findall(r"\$\{(\w+)\}", file.read_text("utf-8"))}


def write_certificate(folder):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "habeas.example")])
    now = datetime.now()
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now)
    certificate = builder.not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
