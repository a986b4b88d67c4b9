"""A mail as it goes over the wire."""

from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import localtime
from typing import Any

from app.mail.letters import Mail


class OnePiece(UnstructuredHeader):
    """A header with an address in it: folded and encoded, as long words are, no program would find it."""

    max_count = 1
    name: str

    def fold(self, *, policy: "Policy[Any]") -> str:
        return f"{self.name}: {self}{policy.linesep}"


def message_id(mail: Mail, mail_from: str) -> str:
    """The same for every delivery of this mail."""
    return f"<{mail.key}@{mail_from.rpartition('@')[2].strip('> ') or 'localhost'}>"


def message_of(mail: Mail, mail_from: str) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message["From"] = mail_from
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = localtime()
    message["Message-ID"] = message_id(mail, mail_from)
    # No holiday notes in return.
    message["Auto-Submitted"] = "auto-generated"
    if mail.leave:
        message["List-Unsubscribe"] = f"<{mail.leave}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def _policy() -> Any:
    headers = HeaderRegistry()
    # The class is mixed with BaseHeader by the registry, as the library's own are.
    headers.map_to_type("list-unsubscribe", OnePiece)  # type: ignore[arg-type]
    return SMTP.clone(header_factory=headers)


_POLICY = _policy()
