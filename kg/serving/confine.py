"""What a query process may not do: use more memory than it was given, open a socket, leave a core file."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import struct
import sys
from typing import NamedTuple


class Confinement(NamedTuple):
    """Which of the two limits hold; a system without them serves all the same, and says so."""

    memory: bool
    sockets: bool


def confine(memory: int) -> Confinement:
    """Limit this process and all that it starts, for good.

    Call it first: the socket filter covers the calling thread and the threads started after it.

    Args:
        memory: bytes of address space.
    """
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return Confinement(memory=_limit_memory(memory), sockets=_refuse_sockets())


def _limit_memory(memory: int) -> bool:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ValueError, OSError):  # macOS knows the limit and refuses to set it
        return False
    return True


# --- seccomp: a program of the Berkeley Packet Filter that sees each system call ------------------------------
# Source: seccomp(2), linux/filter.h, linux/audit.h, asm/unistd.h

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO with EPERM
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_IO_URING_SETUP = 425  # a ring can open sockets without the system call
_X32 = 0x40000000  # the second numbering of x86-64
_SOCKET = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}  # machine: (AUDIT_ARCH_..., __NR_socket)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _refuse_sockets() -> bool:
    machine = os.uname().machine
    if sys.platform != "linux" or machine not in _SOCKET:
        return False
    architecture, socket = _SOCKET[machine]
    instructions = [  # code, steps to skip if true, if false, operand
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 0, 4, architecture),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 2, 0, _X32),
        (_EQUAL, 1, 0, socket),
        (_EQUAL, 0, 1, _IO_URING_SETUP),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *i) for i in instructions))
    program = _Program(len(instructions), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    refused: int = libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
    return refused == 0
