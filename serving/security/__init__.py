"""Who may ask (keys with scopes), from where, and what every answer carries in its headers."""
