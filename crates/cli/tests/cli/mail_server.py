"""A real SMTP server that behaves as the name before the @ says; what it has taken lies in the folder it is given.

taken: takes it. refuse, later: refuses the recipient for good, or for now. cut: closes before the mail is sent.
silent: takes it and closes without an answer. slow: takes it and answers after a minute.
"""
import asyncio
import pathlib
import sys

from aiosmtpd.smtp import SMTP

spool = pathlib.Path(sys.argv[1])
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


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), hostname="mail.test"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
