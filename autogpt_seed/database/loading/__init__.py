"""Loads bound rows: tries a few, decides about keys, sends all by COPY, names what refuses one."""
