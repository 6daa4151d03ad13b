#!/usr/bin/env python3
"""Two computers meet: invites a contact, exchanges context data, connects directly, says hello.

    rendezvous.py CONTACT       invite this contact
    rendezvous.py --wait        stay, and ask here about invitations (--yes: accept them all)
    rendezvous.py --unregister  take this program off the list of applications

Launched by the agent for an accepted invitation it needs no argument. Every event is printed as it comes.
"""

import argparse
import hmac
import json
import os
import queue
import secrets
import socket
import sys

import beckon

GUID = "{6E0D5B0C-2C6B-4F0A-9B57-4D4C1E8A7F21}"
SECONDS = 120


def say(*words):
    # One write for the whole line: events are printed by another thread.
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


class Rendezvous:
    def __init__(self, arguments):
        self.arguments = arguments
        self.events = queue.Queue()
        self.agent = beckon.Agent(self.heard, application=GUID)

    def heard(self, method, params):
        """On the event thread: prints, hands over to the main thread, and answers questions."""
        session = params.get("session")
        details = {name: value for name, value in params.items() if name != "session"}
        say("event", method, session["state"] if session else "", json.dumps(details, ensure_ascii=False))
        self.events.put((method, params))
        if method == "manager/onInvitation":
            return {"handled": self.arguments.wait}
        if method == "session/beforeAppLaunch":
            return {"enableDefault": False}  # This program is the application, and it runs already.
        return None

    def run(self):
        try:
            with self.agent:
                say("signed in as", self.agent.signed_in_as)
                if self.arguments.unregister:
                    self.agent.call("manager/unregisterApplication", guid=GUID)
                    return
                self.register()
                if self.arguments.wait or not (self.arguments.contact or os.environ.get("BECKON_SESSION")):
                    # From here on this program counts as running: it is asked, and handed sessions.
                    self.agent.call("manager/listen", on=True)
                if self.arguments.contact:
                    self.invite(self.arguments.contact)
                elif os.environ.get("BECKON_SESSION"):
                    self.join(self.agent.call("manager/getLaunchingSession", processId=os.getpid()))
                else:
                    self.wait()
        finally:
            self.agent.close()

    def register(self):
        path = f'"{sys.executable}" "{os.path.abspath(__file__)}"'
        for application in self.agent.call("manager/applications"):
            if application["guid"] == GUID:
                if application["path"] == path:
                    return
                self.agent.call("manager/unregisterApplication", guid=GUID)
        self.agent.call("manager/registerApplication", guid=GUID, name="Rendezvous", url="", path=path)
        say("registered", path)

    def next(self, session_id, *methods):
        """The parameters of the next event of this session that is one of these."""
        while True:
            try:
                method, params = self.events.get(timeout=SECONDS)
            except queue.Empty:
                raise SystemExit(f"rendezvous: nothing happened for {SECONDS} seconds") from None
            if method == "connection/lost":
                raise SystemExit("rendezvous: the agent is gone")
            if params.get("session", {}).get("sessionId") != session_id:
                continue
            if method in methods:
                return params
            if method == "session/onTermination":
                raise SystemExit(f"rendezvous: the session ended: {params['code']}")

    # The inviter listens.

    def invite(self, contact):
        with socket.create_server(("", 0)) as listening:
            listening.settimeout(SECONDS)
            session = self.agent.call("manager/createSession")["sessionId"]
            self.agent.call("session/setApplication", session=session, application=GUID)
            self.agent.call("session/invite", session=session, contact=contact, appData="shall we meet?")
            say("invited", contact)
            self.next(session, "session/onAccepted")
            # Who knows the token was told it by the other side; anyone else who finds the port is turned away.
            token = secrets.token_hex(16)
            port = listening.getsockname()[1]
            self.agent.call("session/sendContextData", session=session, data=f"rendezvous {port} {token}")
            say("listening at port", port)
            self.meet(listening, token)
        # Whoever ends the session while the other still has something to say cuts it off.
        say("told:", self.next(session, "session/onContextData")["data"])
        self.agent.call("session/cancel", session=session, reason="S_OK", appData="that was all")
        self.next(session, "session/onTermination")

    def meet(self, listening, token):
        while True:
            connection, address = listening.accept()
            with connection, connection.makefile("rw", encoding="utf-8", newline="\n") as stream:
                connection.settimeout(SECONDS)
                try:
                    known = hmac.compare_digest(stream.readline(200).strip().encode(), token.encode())
                except (OSError, UnicodeDecodeError):
                    known = False
                if not known:
                    say("turned away", address[0])
                    continue
                say("heard:", stream.readline(200).strip())
                stream.write(f"hello back from {self.agent.signed_in_as}\n")
                return

    # The recipient connects.

    def wait(self):
        say("waiting for an invitation; ends with Ctrl-C")
        while True:
            method, params = self.events.get()
            if method == "connection/lost":
                raise SystemExit("rendezvous: the agent is gone")
            if method == "manager/onInvitation" and self.arguments.wait:
                session = params["session"]
                question = f"{session['user']['friendlyName']} invites you to meet. Accept? [y/N] "
                yes = self.arguments.yes or input(question).strip().lower() == "y"
                answer = "session/accept" if yes else "session/decline"
                self.agent.call(answer, session=session["sessionId"], appData=None)
                if yes:
                    return self.join(session)
            elif method == "manager/onLaunchingSession":
                return self.join(params["session"])

    def join(self, session):
        session_id = session["sessionId"]
        # What came before we asked for the session is its context data; what comes later is an event.
        where = self.agent.call("session/read", session=session_id)
        while not (where["state"] == "CONNECTED" and (where["contextData"] or "").startswith("rendezvous ")):
            where = self.next(session_id, "session/onStateChanged", "session/onContextData")["session"]
        _, port, token = where["contextData"].split()
        host = host_of(where["remoteAddress"])
        say("connecting to", host, "port", port)
        with socket.create_connection((host, int(port)), timeout=SECONDS) as connection:
            with connection.makefile("rw", encoding="utf-8", newline="\n") as stream:
                stream.write(f"{token}\nhello from {self.agent.signed_in_as}\n")
                stream.flush()
                say("heard:", stream.readline(200).strip())
        self.agent.call("session/sendContextData", session=session_id, data="it was a pleasure")
        self.next(session_id, "session/onTermination")


def host_of(address):
    """The host of 192.0.2.1, 192.0.2.1:7000, 2001:db8::1 or [2001:db8::1]:7000."""
    if address.startswith("["):
        return address[1 : address.index("]")]
    return address.split(":")[0] if address.count(":") == 1 else address


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("contact", nargs="?", metavar="CONTACT", help="sign-in name, as bob@example.org")
    parser.add_argument("--wait", action="store_true", help="stay and ask about invitations")
    parser.add_argument("--yes", action="store_true", help="with --wait: accept without asking")
    parser.add_argument("--unregister", action="store_true", help="unregister this program")
    try:
        Rendezvous(parser.parse_args()).run()
    except beckon.BeckonError as e:
        raise SystemExit(f"rendezvous: {e}") from None
    except OSError as e:
        raise SystemExit(f"rendezvous: the other side could not be reached: {e}") from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
