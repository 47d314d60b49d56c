"""In whom predictions hold: subgroups, and completers beside those who were lost."""
