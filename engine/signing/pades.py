"""Signatures inside a PDF (PAdES) through pyHanko, which is an optional part."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.core.errors import UserError
from engine.signing.keys import PublicKey, SigningKey

FIELD = "Certiscope"
_YEARS = 50


@dataclass(frozen=True)
class Inside:
    """A signature found in a PDF.

    Attributes:
        signer: name and key of its certificate.
        problem: why it does not hold; empty if it does.
    """

    signer: PublicKey
    problem: str


def available() -> bool:
    """Whether pyHanko is installed."""
    from importlib.util import find_spec

    return find_spec("pyhanko") is not None


def carries_signature(pdf: bytes) -> bool:
    """Whether a PDF says that it is signed; needs no pyHanko."""
    return b"/ByteRange" in pdf and b"/Sig" in pdf


def sign(pdf: bytes, key: SigningKey) -> bytes:
    """``pdf`` with a signature appended; the bytes before it stay as they are.

    Raises:
        UserError: pyHanko is not installed.
    """
    if not available():
        raise UserError(
            "Signing inside a PDF needs pyHanko; install certiscope with the extra 'sign', or sign "
            "beside it without --inside."
        )
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    certificate, private = _asn1(key)
    signer = signers.SimpleSigner(
        signing_cert=certificate, signing_key=private, cert_registry=_registry(certificate)
    )
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, name=key.public.name, subfilter=fields.SigSeedSubFilter.PADES
    )
    signed = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=signer)
    return bytes(signed.getvalue())


def inspect(pdf: bytes) -> list[Inside]:
    """All signatures in a PDF, checked; whether their keys are known is another question."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    # of a PDF that was changed after it was signed it prints a traceback, beside the answer
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL + 1)
    return [_inspected(found) for found in PdfFileReader(io.BytesIO(pdf)).embedded_signatures]


def _inspected(found: Any) -> Inside:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    certificate = found.signer_cert
    raw = bytes(certificate.public_key["public_key"].native)
    signer = PublicKey(str(certificate.subject.native.get("common_name", "")), raw)
    context = ValidationContext(trust_roots=[certificate])
    status = validate_pdf_signature(found, signer_validation_context=context)
    if not (status.intact and status.valid):
        return Inside(signer, "the signed bytes were changed")
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        return Inside(signer, "it does not cover the whole file")
    return Inside(signer, "")


def _registry(certificate: Any) -> Any:
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register(certificate)
    return store


def _asn1(key: SigningKey) -> tuple[Any, Any]:
    """A self-signed certificate for the key, and the key, as pyHanko takes them."""
    from asn1crypto import keys, x509
    from cryptography import x509 as certificates
    from cryptography.hazmat.primitives import serialization as forms

    name = certificates.Name(
        [certificates.NameAttribute(certificates.NameOID.COMMON_NAME, key.public.name[:64])]
    )
    now = datetime.now(UTC)
    usage = certificates.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        certificates.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.private.public_key())
        .serial_number(certificates.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(usage, critical=True)
        .sign(key.private, None)
    )
    der = forms.Encoding.DER
    private = key.private.private_bytes(der, forms.PrivateFormat.PKCS8, forms.NoEncryption())
    return (
        x509.Certificate.load(certificate.public_bytes(der)),
        keys.PrivateKeyInfo.load(private),
    )
