"""Every list of mails that comes unasked, and that its readers may stop: the registry behind `/unsubscriptions/…`."""

from app.accounts.mails import REGISTRATIONS
from app.mail.lists.registry import MailList
from app.notifications.mails import DIGEST, NOTIFICATIONS
from app.reports.mails import REPORTS

MAIL_LISTS: tuple[MailList, ...] = (REGISTRATIONS, REPORTS, NOTIFICATIONS, DIGEST)
