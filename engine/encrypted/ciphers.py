"""TenSEAL: keys and ciphertexts of the client, evaluation at the server. Nothing else imports it.

A batch of samples is one tensor of ciphertexts, one for each value of x', whose slots are the
samples. Samples are encrypted under the secret key, which never leaves :class:`Keys`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, TypeVar

import numpy as np

from engine.core.errors import Unreachable, UserError
from engine.encrypted import check_installed
from engine.encrypted.comparison import polynomials
from engine.encrypted.parameters import Answer, Parameters
from engine.encrypted.quadratic import Matrix, Quadratic, with_one
from engine.encrypted.tensor_format import Tensor

THREADS = 2
T = TypeVar("T")


class Keys:
    """A client's keys, made here and kept here.

    Args:
        parameters: checked against the table before a key is made.
        answer: comparisons need the public key at the server too.

    Raises:
        UserError: TenSEAL is missing, the parameters are not secure, or memory does not suffice.
    """

    def __init__(self, parameters: Parameters, answer: Answer) -> None:
        parameters.check()
        check_installed()
        import tenseal as ts

        self.parameters, self.answer = parameters, answer
        public = answer == "bits"
        kind = ts.ENCRYPTION_TYPE.ASYMMETRIC if public else ts.ENCRYPTION_TYPE.SYMMETRIC
        self._context = _tried(
            lambda: ts.context(
                ts.SCHEME_TYPE.CKKS,
                parameters.ring,
                coeff_mod_bit_sizes=list(parameters.primes),
                encryption_type=kind,
                n_threads=THREADS,
            )
        )
        self._context.global_scale = 2.0**parameters.scale
        self._context.auto_rescale = public

    def for_server(self) -> bytes:
        """What the server computes with: keys for multiplying, and the public key if it must."""
        public = self.answer == "bits"
        return bytes(
            self._context.serialize(
                save_public_key=public,
                save_secret_key=False,
                save_galois_keys=False,
                save_relin_keys=True,
            )
        )

    def secret(self) -> bytes:
        """The secret key as it would be written; for a test that looks for it on the wire."""
        return bytes(
            self._context.serialize(
                save_public_key=False,
                save_secret_key=True,
                save_galois_keys=False,
                save_relin_keys=False,
            )
        )

    def encrypted(self, x: Matrix) -> bytes:
        """Samples (B, d), B at most the number of slots, with their 1."""
        import tenseal as ts

        rows = with_one(x)
        plain = ts.plain_tensor(rows.ravel().tolist(), [len(rows), 1, rows.shape[1]])
        return bytes(_tried(lambda: ts.ckks_tensor(self._context, plain, batch=True).serialize()))

    def decrypted(self, data: bytes, rows: int, columns: int) -> Matrix:
        """The numbers (rows, columns) of an answer.

        Raises:
            Unreachable: it is no ciphertext of these keys, or not as many numbers.
        """
        import tenseal as ts

        try:
            form = Tensor(data)
            if form.is_for([1, columns]) and form.rows == rows:
                found = ts.ckks_tensor_from(self._context, data).decrypt().raw
                numbers = np.array(found, dtype=np.float64).reshape(rows, columns)
                if not np.isfinite(numbers).all():
                    raise ValueError
                return numbers
        except (ValueError, RuntimeError, TypeError, IndexError) as error:
            raise Unreachable(
                "The server's answer is no ciphertext of this run; nothing of it was counted."
            ) from error
        raise Unreachable(
            f"The server's answer holds {form.rows:,} x {prod(form.shape):,} numbers and not "
            f"{rows:,} x {columns}; nothing of it was counted."
        )


class Evaluation:
    """What a server computes for one client.

    Args:
        parameters: as announced.
        answer: scores or comparisons.
        model: scaled and rounded for these parameters (``server.Offer``).
        steep: polynomials of a comparison before the last.
        keys: as :meth:`Keys.for_server` wrote them.

    Raises:
        UserError: these are no keys, are of other parameters, or hold the secret key.
    """

    def __init__(
        self, parameters: Parameters, answer: Answer, model: Quadratic, steep: int, keys: bytes
    ) -> None:
        check_installed()
        import tenseal as ts

        self.answer, self.model, self.steep = answer, model, steep
        try:
            self._context = ts.context_from(keys, n_threads=THREADS)
            secret, able = self._context.has_secret_key(), self._context.has_relin_keys()
            made = self._context.seal_context().data.key_context_data()
            found = made.parms().poly_modulus_degree(), made.total_coeff_modulus_bit_count()
        except (ValueError, RuntimeError, TypeError) as error:
            raise UserError("These are no keys for encrypted inference.") from error
        if secret:
            raise UserError("The keys hold the secret key; it must not leave the client.")
        if found != (parameters.ring, parameters.bits) or not able:
            raise UserError("The keys are of other parameters than were announced.")
        self._context.global_scale = 2.0**parameters.scale
        self._context.auto_rescale = answer == "bits"

    def answered(self, data: bytes) -> bytes:
        """The encrypted scores or comparisons of a batch.

        Raises:
            UserError: these are no ciphertexts under the keys, or not one for each value.
        """
        import tenseal as ts

        features, _, _ = self.model.sizes
        try:
            form = Tensor(data)
            if not form.is_for([1, features]):
                raise UserError(
                    f"The model takes {features - 1} values, and the samples have "
                    f"{prod(form.shape) - 1}."
                )
            tensor = ts.ckks_tensor_from(self._context, data)
        except (ValueError, RuntimeError, TypeError) as error:
            raise UserError("These are no ciphertexts under the keys that were sent.") from error
        return _tried(lambda: bytes(self._computed(tensor).serialize()))

    def _computed(self, tensor: Any) -> Any:
        found = tensor.mm(_plain(self.model.first))
        if self.model.second is not None:
            found = found.square().mm(_plain(self.model.second))
        if self.answer == "bits":
            for coefficients in polynomials(self.steep):
                found = found.polyval(coefficients)
        return found


def _plain(weights: Matrix) -> Any:
    import tenseal as ts

    return ts.plain_tensor(weights.ravel().tolist(), list(weights.shape))


def _tried(work: Callable[[], T]) -> T:
    """What some work gives; a sentence where memory or the modulus does not suffice."""
    try:
        return work()
    except MemoryError as error:
        raise UserError(
            "There is too little memory for ciphertexts of this size; end other programs, or "
            "answer with scores instead of bits."
        ) from error
    except (ValueError, RuntimeError) as error:
        raise UserError(f"Encrypted arithmetic failed ({error}).") from error
