"""The commands of serving. Heavy imports happen inside them."""

COMMANDS = ()
