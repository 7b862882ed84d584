from engine.errors import TrustRequired, UserError


def test_trust_is_asked_for_certain_bytes():
    error = TrustRequired("This can run code.", path="m.pt2", sha256="ab")
    assert isinstance(error, UserError)
    assert (str(error), error.path, error.sha256) == ("This can run code.", "m.pt2", "ab")
