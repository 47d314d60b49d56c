"""The API: what may be sent, what comes back, and its description; no page and no key is known here."""
