"""Notifications by e-mail: plain text, to the owner's own address, through the installation's mail server."""

import re
import smtplib
from dataclasses import dataclass
from datetime import UTC
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from orchestration.errors import DogearError
from orchestration.notifications.notification import Notification
from orchestration.notifications.smtp_server import SmtpServer, connected
from orchestration.visible_text import visible_text
from orchestration.webhooks.delivery import Delivery, Outcome, root_reason, within

WHOLE_DELIVERY = 60
LONGEST_ADDRESS = 254
ENHANCED_CODE = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?!\d)")


@dataclass(frozen=True)
class EmailChannel:
    """Hands mail to ``server``, as from ``sender``."""

    server: SmtpServer
    sender: str
    whole: float = WHOLE_DELIVERY

    def send(self, notification: Notification) -> Delivery:
        try:
            check_address(notification.address)
        except DogearError as error:
            return Delivery("failed", error=str(error))
        text = mail(notification, self.sender).as_bytes(policy=SMTP)
        try:
            return within(self.whole, lambda: hand_over(self.server, self.sender, notification.address, text))
        except TimeoutError:
            return Delivery("unknown", error=f"{self.server}: not done within {self.whole:g} s")


def check_address(address: str) -> str:
    """Return ``address``, if mail can be sent there. Raises DogearError, which does not quote it."""
    try:
        sound = Address(addr_spec=address).domain and address.isascii() and len(address) <= LONGEST_ADDRESS
    except (MessageError, ValueError, IndexError):
        sound = False
    if not sound or not address.isprintable() or set(address) & set(' <>,"'):
        raise DogearError("An e-mail address must look like ada@example.org.")
    return address


def mail(notification: Notification, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = visible_text(notification.title)
    message["From"] = sender
    message["To"] = notification.address
    message["Date"] = notification.created_at.astimezone(UTC)
    # The same for each attempt, so that a receiver can tell a repetition.
    message["Message-ID"] = f"<{notification.notification_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    lines = map(visible_text, [notification.message, notification.action_url or ""])
    message.set_content("\n\n".join(filter(None, lines)) + "\n", cte="quoted-printable")
    return message


def hand_over(server: SmtpServer, sender: str, recipient: str, text: bytes) -> Delivery:
    """Send one mail, once. Until its text is sent, nothing has been delivered."""
    begun = False
    try:
        with connected(server) as smtp:
            for code, answer in (step() for step in (lambda: smtp.mail(sender), lambda: smtp.rcpt(recipient))):
                if code // 100 != 2:
                    return judge(server, code, answer)
            begun = True
            return judge(server, *smtp.data(text))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # It is SMTPDataError where the server did not want to hear the text.
        if isinstance(error, smtplib.SMTPDataError if begun else smtplib.SMTPResponseException):
            answer = error.smtp_error
            return judge(server, error.smtp_code, answer if isinstance(answer, bytes) else answer.encode())
        reason = f"{server}: {root_reason(error)}"
        if begun:
            return Delivery("unknown", error=f"{reason}, after the mail was sent")
        return Delivery("refused", error=reason)


def judge(server: SmtpServer, code: int, answer: bytes) -> Delivery:
    """By the reply's code (RFC 5321, 4.2.1): 4xx may pass, 5xx is for good. Its words may hold addresses."""
    if code // 100 == 2:
        return Delivery("sent")
    more = ENHANCED_CODE.match(answer)
    error = f"{server} answered {code}{' ' + more.group().decode() if more else ''}"
    outcomes: dict[int, Outcome] = {4: "refused", 5: "failed"}
    return Delivery(outcomes.get(code // 100, "unknown"), error=error)
