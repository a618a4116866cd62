"""What a project that follows the Channels tutorial would have: one channel-layer member for each socket."""
