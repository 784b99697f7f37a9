"""IDs with slashes in addresses: `%2F` is a slash of the ID, a bare one parts the words of the address."""

from urllib.parse import unquote

from flask import request


def is_of_the_id(word: str) -> bool:
    """Whether the last word of this address belongs to the ID before it, as in `/students/7%2Fhistory`.

    Servers hand on the path decoded, in which that is the history of 7; the address as it was sent stands
    under a name of their own (gunicorn RAW_URI, waitress REQUEST_URI).
    """
    sent = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or f"/{word}"
    return unquote(str(sent).partition("?")[0].rpartition("/")[2]) != word
