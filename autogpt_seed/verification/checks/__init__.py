"""What was observed -> checks. Pure."""
