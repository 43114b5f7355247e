"""A real SMTP server that behaves as the name before the @ says; what it has taken lies in the folder it is given.

taken: takes it. refuse, later: refuses the recipient for good, or for now. cut: closes before the mail is sent.
silent: takes it and closes without an answer. slow: takes it and answers after a minute.
With a second and third word, tls or starttls and a PEM file of certificate and key, it asks for both secrecy and a password.
"""
import asyncio
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

spool = pathlib.Path(sys.argv[1])
security, certificate = sys.argv[2:4] if len(sys.argv) > 3 else ("none", None)
count = 0


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "refuse":
            return "550 5.1.1 no such mailbox"
        if name == "later":
            return "451 4.7.1 greylisted, try again"
        if name == "cut":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global count
        name = envelope.rcpt_tos[0].split("@")[0]
        count += 1
        (spool / f"{name}-{count}").write_bytes(envelope.content)
        if name == "silent":
            server.transport.abort()
        if name == "slow":
            await asyncio.sleep(60)
        return "250 2.0.0 queued as " + str(count)


def authenticate(server, session, envelope, mechanism, word):
    return AuthResult(success=(word.login, word.password) == (b"ip@office.example", b"a-word-for-mail"), handled=False)


def protocol(context):
    if security == "none":
        return SMTP(Handler(), hostname="mail.test")
    secret = {"tls_context": context, "require_starttls": True} if security == "starttls" else {"auth_require_tls": False}
    return SMTP(Handler(), hostname="mail.test", authenticator=authenticate, auth_required=True, **secret)


async def main():
    loop = asyncio.get_running_loop()
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    at_once = context if security == "tls" else None
    server = await loop.create_server(lambda: protocol(context), "127.0.0.1", 0, ssl=at_once)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
