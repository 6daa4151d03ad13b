"""The local API of Beckon for Python: one file, standard library only, Python 3.9 or newer.

    import beckon

    def listener(method, params):
        print(method, params)
        if method == "manager/onInvitation":
            return {"handled": False}

    with beckon.Agent(listener) as agent:
        agent.call("manager/listen", on=True)
        print(agent.call("messenger/contacts"))

Every method and event is in docs/local-api.md.
"""

import itertools
import json
import os
import queue
import socket
import stat
import struct
import sys
import threading

PROTOCOL = 1
CALL_SECONDS = 30
REQUEST_BYTES = 64 * 1024
MESSAGE_BYTES = 16 * 1024 * 1024
HEADER_BYTES = 1024


class BeckonError(Exception):
    """A call failed. `name` is the reference's name of the code, as SR_APP_NOT_REGISTERED."""

    def __init__(self, code, name, problem, remedy=""):
        super().__init__(problem + ("; " + remedy if remedy else "") + f" [{name}]")
        self.code = code
        self.name = name
        self.problem = problem
        self.remedy = remedy


def _failure(problem, remedy):
    return BeckonError(-2147467259, "E_FAIL", problem, remedy)


def socket_path():
    """Where the agent of this user listens."""
    if os.environ.get("BECKON_SOCKET"):
        return os.environ["BECKON_SOCKET"]
    if os.environ.get("BECKON_HOME"):
        return os.path.join(os.environ["BECKON_HOME"], "agent.sock")
    xdg = os.environ.get("XDG_CONFIG_HOME", "")
    if os.path.isabs(xdg):
        return os.path.join(xdg, "beckon", "agent.sock")
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/beckon/agent.sock")
    return os.path.expanduser("~/.config/beckon/agent.sock")


def _connect(path):
    if not hasattr(socket, "AF_UNIX"):
        raise _failure("this Python has no Unix domain sockets", "use one that has, or the Java library")
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        found = os.stat(path)
        if found.st_uid != os.geteuid() or not stat.S_ISSOCK(found.st_mode):
            raise _failure(f"{path} is not a socket of this user", "check BECKON_SOCKET and BECKON_HOME")
        connection.connect(path)
        if hasattr(socket, "SO_PEERCRED"):
            credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            if struct.unpack("3i", credentials)[1] != os.geteuid():
                raise _failure(f"another user listens at {path}", "check BECKON_SOCKET and BECKON_HOME")
        return connection
    except (FileNotFoundError, ConnectionRefusedError) as e:
        connection.close()
        raise _failure(
            f"no agent is running for this user (nobody listens at {path})", "start it with: beckon agent"
        ) from e
    except BaseException:
        connection.close()
        raise


class Agent:
    """A connection to the agent of this user.

    `listener(method, params)` hears every event, one after another, on a thread of its own; it may call the agent. What
    it returns answers a question (manager/onInvitation, session/beforeAppLaunch) and is ignored otherwise; a question
    wants its answer within 2 seconds. The last event is "connection/lost".
    """

    def __init__(self, listener=None, application=None, path=None):
        self._listener = listener or (lambda method, params: None)
        self._ids = itertools.count(1)
        self._calls = {}
        self._lock = threading.Lock()
        self._events = queue.Queue()
        self._open = True
        self._socket = _connect(path or socket_path())
        threading.Thread(target=self._read, name="beckon-reader", daemon=True).start()
        self._dispatcher = threading.Thread(target=self._dispatch, name="beckon-events", daemon=True)
        self._dispatcher.start()
        try:
            hello = self.call(
                "hello",
                protocol=PROTOCOL,
                pid=os.getpid(),
                application=application,
                launchedFor=os.environ.get("BECKON_SESSION") or None,
            )
        except BaseException:
            self.close()
            raise
        self.signed_in_as = hello["self"]["signInName"] if hello["self"] else None
        self.lock_status = hello["lock"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def call(self, method, **params):
        """Calls the agent and returns the result; raises BeckonError where it refuses."""
        request_id = next(self._ids)
        answer = queue.SimpleQueue()
        with self._lock:
            if not self._open:
                raise self._gone()
            self._calls[request_id] = answer
        try:
            self._send({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params})
            response = answer.get(timeout=CALL_SECONDS)
        except queue.Empty:
            raise _failure(f"the agent did not answer {method} within {CALL_SECONDS} seconds", "check its log") from None
        finally:
            with self._lock:
                self._calls.pop(request_id, None)
        if response is None:
            raise self._gone()
        if response.get("error"):
            error = response["error"]
            data = error.get("data") or {}
            raise BeckonError(
                error["code"], data.get("name", "E_FAIL"), data.get("problem", error["message"]), data.get("remedy", "")
            )
        return response["result"]

    def close(self):
        """Ends the connection; sessions it owns end with it."""
        with self._lock:
            self._open = False
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    @staticmethod
    def _gone():
        return _failure("the connection to the agent has ended", "start it with: beckon agent, then connect again")

    def _send(self, message):
        try:
            body = json.dumps(message, ensure_ascii=False, allow_nan=False).encode("utf-8")
        except UnicodeEncodeError:
            raise BeckonError(-2147024809, "E_INVALIDARG", "a text holds half of a surrogate pair") from None
        if len(body) > REQUEST_BYTES:
            raise BeckonError(-2147024809, "E_INVALIDARG", f"the values take {len(body)} bytes", "send less")
        try:
            with self._lock:
                self._socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        except OSError as e:
            raise self._gone() from e

    def _read(self):
        try:
            with self._socket.makefile("rb") as stream:
                while True:
                    self._received(json.loads(stream.read(self._length(stream)).decode("utf-8")))
        except (OSError, EOFError, ValueError, LookupError):
            pass  # Gone, closed here, or not an agent.
        finally:
            with self._lock:
                self._open = False
                waiting = list(self._calls.values())
            for answer in waiting:
                answer.put(None)
            self._socket.close()
            self._events.put(("connection/lost", {}, None))

    @staticmethod
    def _length(stream):
        length = None
        while True:
            line = stream.readline(HEADER_BYTES)
            if not line.endswith(b"\r\n"):
                raise EOFError
            if line == b"\r\n":
                break
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = int(value)
        if length is None or not 0 < length <= MESSAGE_BYTES:
            raise ValueError("Content-Length")
        return length

    def _received(self, message):
        if "method" in message:
            self._events.put((message["method"], message.get("params") or {}, message.get("id")))
            return
        with self._lock:
            answer = self._calls.get(message.get("id"))
        if answer is not None:
            answer.put(message)

    def _dispatch(self):
        while True:
            method, params, question = self._events.get()
            result = None
            try:
                result = self._listener(method, params)
            except Exception:  # A listener's mistake must not keep later events from it.
                sys.excepthook(*sys.exc_info())
            if method == "connection/lost":
                return
            if question is not None:
                try:
                    self._send({"jsonrpc": "2.0", "id": question, "result": result if isinstance(result, dict) else {}})
                except BeckonError:
                    pass  # Nobody waits for the answer any more.
