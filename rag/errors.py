"""Every error Groundwire raises on purpose.

GroundwireError                 one line: what, which input, what to do
├── SettingsError               a setting is unknown, malformed or out of range
├── NetworkSealed               something wanted to connect to what is not configured
├── QuestionError               the question is empty or too long, or asks for too much
├── AnswerTimeout               an answer took longer than it may
├── TooManyQuestions            as many questions wait for their turn as may
├── SourceError                 nothing usable could be read from a source
├── LibraryError
│   ├── LibraryMissing          no library at that path
│   ├── LibraryBusy             another process is writing
│   ├── LibraryDamaged          the store itself cannot be read
│   ├── LibraryOutdated         made by an earlier version; a writer brings it up to date
│   ├── LibraryNotWritable      disk full, read-only, or no permission
│   └── LibraryUnreachable      the server that keeps it does not answer, or refuses
├── GoldSetError                a gold file is malformed
├── RunError                    an evaluation run cannot be read or written
└── ModelError                  an embedding or language model failed
    ├── ModelMissing            not installed, not found, unknown name
    ├── ModelRefused            bad key, no quota, content filter
    ├── ModelUnavailable        no connection, server error, timeout
    ├── ContextOverflow         the prompt is longer than the model's window
    └── ModelReplyInvalid       the server's reply is not what the protocol says

Vendor errors are mapped to these where the vendor is called; `str(error)` is safe to show and never
holds a key.
"""

from __future__ import annotations


class GroundwireError(Exception):
    """Base of all. Command lines print it as one line and exit with 3."""


class SettingsError(GroundwireError):
    """A setting is unknown, malformed or out of range."""


class NetworkSealed(GroundwireError, ConnectionError):
    """Something wanted to connect to what is not configured; for libraries it is a connection that failed."""


class QuestionError(GroundwireError):
    """The question is empty, too long, or asks for too much."""


class AnswerTimeout(GroundwireError):
    """An answer took longer than it may."""


class TooManyQuestions(GroundwireError):
    """As many questions wait for their turn as may."""


class SourceError(GroundwireError):
    """Nothing usable could be read from a source."""


class LibraryError(GroundwireError):
    """Something is wrong with the library."""


class LibraryMissing(LibraryError):
    """No library at that path."""


class LibraryBusy(LibraryError):
    """Another process is writing."""


class LibraryDamaged(LibraryError):
    """The store itself cannot be read."""


class LibraryOutdated(LibraryError):
    """Made by an earlier version; a writer brings it up to date."""


class LibraryNotWritable(LibraryError):
    """Disk full, read-only, or no permission."""


class LibraryUnreachable(LibraryError):
    """The server that keeps it does not answer, or refuses."""


class GoldSetError(GroundwireError):
    """A gold file is malformed."""


class RunError(GroundwireError):
    """An evaluation run cannot be read or written."""


class ModelError(GroundwireError):
    """An embedding or language model failed."""


class ModelMissing(ModelError):
    """Not installed, not found, unknown name."""


class ModelRefused(ModelError):
    """Bad key, no quota, or content filter."""


class ModelUnavailable(ModelError):
    """No connection, server error or timeout."""


class ContextOverflow(ModelError):
    """The prompt is longer than the model's window."""


class ModelReplyInvalid(ModelError):
    """The server's reply is not what the protocol says."""
