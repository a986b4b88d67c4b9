"""Members, their profiles, and the sessions they are signed in with."""

from piccolo.columns import (
    Array,
    BigInt,
    BigSerial,
    Bytea,
    ForeignKey,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table


class User(Table, tablename="users"):
    """One member. `role` is member, moderator or admin; unique on lower(username) and lower(email)."""

    id = BigSerial(primary_key=True)
    username = Varchar(20)
    email = Varchar(254)
    password = Text(secret=True)
    role = Varchar(10, default="member")
    activated_at = Timestamptz(null=True, default=None)
    posts_count = BigInt()
    comments_count = BigInt()
    admin_notes = Text()
    created_at = Timestamptz()
    left_at = Timestamptz(null=True, default=None)


class Profile(Table, tablename="profiles"):
    """What a member shows of themselves; one row for each user."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    display_name = Varchar(80, null=True, default=None)
    bio = Text(null=True, default=None)
    bio_html = Text(null=True, default=None)
    avatar = Text(null=True, default=None)
    onboarding_completed_at = Timestamptz(null=True, default=None)


class Session(Table, tablename="sessions"):
    """One signed-in browser. Only the SHA-256 of its token is stored."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    token_hash = Bytea(secret=True)
    device = Varchar(300)
    address = Varchar(64)
    created_at = Timestamptz()
    last_used_at = Timestamptz()
    expires_at = Timestamptz()


class ApiToken(Table, tablename="api_tokens"):
    """A program's key to what its member may do, within `scopes`. Only the SHA-256 of its text is stored."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    token_hash = Bytea(secret=True)
    name = Varchar(80)
    scopes = Array(base_column=Text())
    created_at = Timestamptz()
    last_used_at = Timestamptz(null=True, default=None)
    expires_at = Timestamptz(null=True, default=None)


class KnownBrowser(Table, tablename="known_browsers"):
    """A browser that a member was signed in with, by the SHA-256 of its token; it may fail more often."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    token_hash = Bytea(secret=True)
    created_at = Timestamptz()
    last_used_at = Timestamptz()


class Suspension(Table, tablename="suspensions"):
    """While it lasts its member may read and not write; without `until` that is until it is lifted."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    moderator = ForeignKey(User, on_delete=OnDelete.set_null)
    reason = Text()
    until = Timestamptz(null=True, default=None)
    created_at = Timestamptz()


class SetUpLink(Table, tablename="set_up_links"):
    """A way in for the first admin, once. Only the SHA-256 of its token is stored."""

    id = BigSerial(primary_key=True)
    token_hash = Bytea(secret=True)
    created_at = Timestamptz()
    expires_at = Timestamptz()


class EmailVerification(Table, tablename="email_verifications"):
    """A link that confirms an address, by the SHA-256 of its token; good until `expires_at`, and once."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    email = Varchar(254)
    token_hash = Bytea(secret=True)
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


class SecondFactor(Table, tablename="second_factors"):
    """The app that a member's codes come from; asked for from `confirmed_at` on. No code before `last_step` counts."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    totp_secret = Text(secret=True)
    created_at = Timestamptz()
    confirmed_at = Timestamptz(null=True, default=None)
    last_step = BigInt(null=True, default=None)
    tried_until = Timestamptz()
    warned_at = Timestamptz(null=True, default=None)


class RecoveryCode(Table, tablename="recovery_codes"):
    """A way in without the app, once: its row goes when it is used. Only the SHA-256 of the code is stored."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    code_hash = Bytea(secret=True)
    created_at = Timestamptz()


class PendingSignIn(Table, tablename="pending_sign_ins"):
    """Somebody who knew the password and owes the code. Only the SHA-256 of its token is stored."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    token_hash = Bytea(secret=True)
    tries = BigInt()
    created_at = Timestamptz()
    expires_at = Timestamptz()


class PasswordReset(Table, tablename="password_resets"):
    """A link that sets a new password, by the SHA-256 of its token; a trigger ends it with the old credentials."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    request = Varchar(32)
    token_hash = Bytea(secret=True)
    created_at = Timestamptz()
    expires_at = Timestamptz()


class EmailChange(Table, tablename="email_changes"):
    """An address that a member wants to have and has yet to confirm; ended by the same trigger."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    email = Varchar(254)
    token_hashes = Array(Bytea(), secret=True)
    created_at = Timestamptz()
    expires_at = Timestamptz()
