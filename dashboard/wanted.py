"""Which series the enabled wallboards need, kept up to date in the transaction of each change."""
