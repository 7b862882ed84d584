"""The one exception a user is meant to read."""


class UserError(Exception):
    """Something the person can mend: one sentence saying what is wrong and what would work.

    Window and command line show ``str(error)`` as it is; nothing else is ever shown of a failure
    that has a cause outside the program.
    """


class TrustRequired(UserError):
    """A file whose format can run code was opened without consent.

    Attributes:
        path: the file, as given.
        sha256: its digest, so that consent is given to these bytes and no others.
    """

    def __init__(self, sentence: str, *, path: str, sha256: str) -> None:
        super().__init__(sentence)
        self.path = path
        self.sha256 = sha256
