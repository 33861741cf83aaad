"""A refusal, in the words AWS uses."""


class AwsError(Exception):
    """What a service answers instead of a result.

    `code` is AWS's error code, `status` the HTTP status; `members` are further fields of the error's body.
    """

    def __init__(self, code: str, message: str, status: int = 400, **members: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members = members
