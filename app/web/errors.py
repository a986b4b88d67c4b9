"""Everything that may be refused, as API.md names it; services raise these, pages and API show them."""

import msgspec
from msgspec import UNSET


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with one field; `field` is null when it is none in particular."""

    field: str | None
    code: str
    message: str


class Refusal(Exception):
    """A request that is answered with `status` and at least one FieldError."""

    status = 400
    code = "bad_request"
    message = "That could not be understood."

    def __init__(self, message: str = "", errors: list[FieldError] | None = None) -> None:
        super().__init__(message or self.message)
        self.message = message or self.message
        self.errors = errors or [FieldError(None, self.code, self.message)]
        self.headers: dict[str, str] = {}
        # What stands instead, where the contract shows it.
        self.data: object = UNSET


class BadJson(Refusal):
    code, message = "bad_json", "The body is not a JSON object."


class BadForm(Refusal):
    code, message = "bad_json", "The form could not be read."


class BadQuery(Refusal):
    code, message = "bad_query", "The query cannot be read."


class UnknownField(Refusal):
    code, message = "unknown_field", "The body has a field that is not known here."


class Unauthenticated(Refusal):
    status, code, message = 401, "unauthenticated", "Sign in first."


class InvalidCredentials(Refusal):
    status, code, message = 401, "invalid_credentials", "This email and password do not go together."


class OtpRequired(Refusal):
    status, code, message = 401, "otp_required", "Enter the code that your app shows now."


class OtpInvalid(Refusal):
    status, code, message = (
        401,
        "otp_invalid",
        "This code is not good now. Each works once, and for a short time.",
    )


class InvalidToken(Refusal):
    status, code, message = 401, "invalid_token", "This token is not valid."


class Forbidden(Refusal):
    status, code, message = 403, "forbidden", "This is not yours to change."


class Suspended(Refusal):
    status, code = 403, "suspended"
    message = "Your account is suspended: you can read here, and not write."


class OutOfScope(Refusal):
    status, code, message = 403, "scope", "This token does not reach that far."


class CrossSite(Refusal):
    status, code = 403, "cross_site"
    message = "This request came from another site, so nothing was done."


class NotFound(Refusal):
    status, code, message = 404, "not_found", "There is nothing here, or it is not for you to see."


class MethodNotAllowed(Refusal):
    status, code, message = 405, "method_not_allowed", "That cannot be done at this address."


class Conflict(Refusal):
    status, code, message = 409, "conflict", "This does not go with how things stand."


class Locked(Refusal):
    status, code, message = 409, "locked", "This thread is locked; nothing can be added or changed."


class KeyReused(Refusal):
    status, code = 409, "key_reused"
    message = "Something else was sent with this key before; your words are kept, send them again."


class TooLarge(Refusal):
    status, code, message = 413, "too_large", "That is more than can be taken at once."


class UnsupportedMediaType(Refusal):
    status, code = 415, "unsupported_media_type"
    message = "Send JSON, as application/json."


class Invalid(Refusal):
    """Values that cannot be taken, all of them at once."""

    status, code, message = 422, "invalid", "Some of this cannot be taken as it is."

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(errors[0].message if len(errors) == 1 else self.message, errors)


class Internal(Refusal):
    status, code, message = 500, "internal", "Something went wrong on our side."


class RateLimited(Refusal):
    status, code, message = 429, "rate_limited", "That is too much at once; try again in a moment."

    def __init__(self, message: str = "", *, seconds: int = 1) -> None:
        super().__init__(message)
        self.headers = {"Retry-After": str(seconds)}


class Unavailable(Refusal):
    status, code = 503, "unavailable"
    message = "The database does not answer; try again in a moment."

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.headers = {"Retry-After": "2"}
