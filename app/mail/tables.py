"""Mails that were not sent but kept, and those that are not wanted."""

from piccolo.columns import BigInt, BigSerial, Text, Timestamptz, Varchar
from piccolo.table import Table


class KeptMail(Table, tablename="mails"):
    """One mail, to be looked at under `/dev/mail`; only in development, and only without a mail server."""

    id = BigSerial(primary_key=True)
    message_id = Text()
    recipient = Varchar(254)
    subject = Text()
    text = Text()
    html = Text()
    created_at = Timestamptz()


class Unsubscription(Table, tablename="unsubscriptions"):
    """A list of mails that a member stopped; one row for each. It goes with the member."""

    id = BigSerial(primary_key=True)
    user = BigInt()
    list = Varchar(40)
    created_at = Timestamptz()
