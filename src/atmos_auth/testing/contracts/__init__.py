"""What every implementation must hold to, as pytest classes: subclass one, say what is under test, and run it."""

from atmos_auth.testing.contracts.browser_session_store import BrowserSessionStoreContract
from atmos_auth.testing.contracts.integration import IntegrationContract
from atmos_auth.testing.contracts.kind import KindContract
from atmos_auth.testing.contracts.profile_store import ProfileStoreContract
from atmos_auth.testing.contracts.secret_store import SecretStoreContract
from atmos_auth.testing.contracts.token_store import TokenStoreContract

__all__ = [
    "BrowserSessionStoreContract",
    "IntegrationContract",
    "KindContract",
    "ProfileStoreContract",
    "SecretStoreContract",
    "TokenStoreContract",
]
