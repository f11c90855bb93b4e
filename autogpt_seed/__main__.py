"""`python -m autogpt_seed` is the command `autogpt-seed`."""

from autogpt_seed.cli import main

if __name__ == "__main__":
    main()
