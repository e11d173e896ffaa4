"""A real SMTP server that keeps what it gets: the administrator's mailbox."""

import email
import email.policy
import threading

from aiosmtpd.controller import Controller


class Mail:
    """One alert as the administrator reads it."""

    def __init__(self, sender, recipients, content):
        message = email.message_from_bytes(content, policy=email.policy.default)
        self.sender = sender
        self.recipients = recipients
        self.subject = str(message["Subject"] or "")
        body = message.get_body(("plain",))
        self.body = body.get_content() if body else ""

    def matters(self):
        """What it is about: the first line of each paragraph."""
        paragraphs = self.body.replace("\r\n", "\n").split("\n\n")
        lines = [Matter(paragraph.strip("\n").split("\n")[0]) for paragraph in paragraphs]
        return [line for line in lines if line.text and not line.text.startswith("nameserver ")]


class Matter:
    """One thing that an alert tells."""

    def __init__(self, text):
        self.text = text

    @property
    def kind(self):
        """"asked" (for a restart), "restart" (what came of it), "drop" or "return"; else "other"."""
        words = self.text.lower()
        if "asking the agent" in words:
            return "asked"
        if "restart" in words:
            return "restart"
        if "down" in words:
            return "drop"
        return "return" if " up" in words else "other"

    def is_about(self, address):
        """True where the line names this address."""
        words = self.text.replace(",", " ").replace(":", " ").split()
        return address in (word.strip(".()[]") for word in words)


class Mailbox:
    """Listens on `address`:`port`; on_mail(mail) is called for each, from a thread."""

    def __init__(self, address, port, on_mail=None):
        self._mails = []
        self._lock = threading.Lock()
        self._on_mail = on_mail
        self._controller = Controller(self, hostname=address, port=port)

    def start(self):
        self._controller.start()

    def stop(self):
        self._controller.stop()

    async def handle_DATA(self, _server, _session, envelope):
        mail = Mail(envelope.mail_from, envelope.rcpt_tos, envelope.content)
        with self._lock:
            self._mails.append(mail)
        if self._on_mail:
            self._on_mail(mail)
        return "250 Message accepted for delivery"

    def mails(self):
        with self._lock:
            return list(self._mails)

    def matters(self):
        """What all mails are about, in their order."""
        return [matter for mail in self.mails() for matter in mail.matters()]

    def kinds_about(self, address):
        """What the mails tell of one member, in their order: ["drop", "restart"].

        A request for a restart is followed by what came of it, perhaps in the same mail.
        """
        return [matter.kind for matter in self.matters()
                if matter.is_about(address) and matter.kind != "asked"]
