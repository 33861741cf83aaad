"""What was said already: an empty file for each notice that a person should read once and not again."""

import os

from atmos_auth.domain.errors import StoreError
from atmos_auth.host.files import create_private


class Notices:
    """The folder of such files; a folder that cannot be written lets everything be said each time."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def is_new(self, notice: str) -> bool:
        """Tell whether this notice was never given, and note that it is now."""
        from hashlib import sha256

        try:
            return create_private(os.path.join(self._folder, sha256(notice.encode()).hexdigest()[:40]), b"")
        except StoreError:
            return True
